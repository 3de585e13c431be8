package dev.llmspi.examples.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests {@code /save} and {@code /load}. */
class SaveAndLoadTest extends ScriptedConversation {

    @Test
    void save_doesNotReplaceAnotherFile() throws Exception {
        first.answers("one").answers("two");
        Path other = Files.writeString(folder.resolve("other.txt"), "precious");
        talk(PLAIN, "a", "/save", "/save ~/other.txt", "/save '" + folder + "/talk.json'", "b", "/save");
        assertEquals("precious", Files.readString(other));
        assertTrue(err().contains("to which file? Type /save FILE."), err());
        assertTrue(err().contains(other + " already exists."), err());
        assertEquals(
                2,
                ConversationFile.load(folder.resolve("talk.json")).exchanges().size());
        first.answers("three");
        talk(PLAIN, "a", "/save --replace ~/other.txt");
        assertTrue(Files.readString(other).startsWith("{"));
    }

    @Test
    void save_readsOptionsWhereverTheyAre() throws Exception {
        first.answers("one").answers("two");
        Path other = Files.writeString(folder.resolve("my other.txt"), "precious");
        talk(PLAIN, "a", "/save --replace", "/save --force x", "/save x --", "/save ~/my other.txt\t--replace");
        assertTrue(err().contains("to which file?"), err());
        assertTrue(err().contains("/save has no option --force."), err());
        assertTrue(err().contains("/save has no option --."), err());
        assertTrue(Files.readString(other).startsWith("{"));
        assertEquals(List.of(), strayFiles());
    }

    @Test
    void save_withoutAnswer_writesNothing() {
        talk(PLAIN, "/save ~/talk.json", "/save");
        assertTrue(err().contains("there is nothing to save"), err());
        assertFalse(Files.exists(folder.resolve("talk.json")));
    }

    /** Returns the files that a wrong /save would leave in the working folder. */
    private static List<Path> strayFiles() {
        return Stream.of("--replace", "--force", "--force x", "x", "x --")
                .map(Path::of)
                .filter(Files::exists)
                .toList();
    }

    @Test
    void load_continuesTheConversation() {
        first.answers("one").fails(ErrorKind.RESOURCE_EXHAUSTED);
        second.answers("two").answers("three");
        String file = folder.resolve("talk.json").toString();
        talk(ChatRequest.builder().system("brief").user("-").build(), "a", "b", "/save " + file);
        talk(PLAIN, "/load " + file, "c");
        assertEquals(2, first.calls());
        assertEquals(List.of("S:brief", "U:a", "A:one", "U:b", "A:two", "U:c"), lastRequest(second));
    }

    @Test
    void load_fromOtherSettings_usesTheChain() throws Exception {
        Path file = folder.resolve("talk.json");
        AssistantMessage answer =
                AssistantMessage.builder().text("one").from("elsewhere", "m").build();
        new ConversationFile(Optional.empty(), List.of(new Exchange(Message.user("a"), answer, false))).save(file);
        first.answers("two");
        talk(PLAIN, "/load " + file, "b");
        assertEquals(List.of("U:a", "A:one", "U:b"), lastRequest(first));
    }
}
