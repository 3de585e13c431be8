package dev.llmspi.examples.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationFileTest {

    private static final String QUESTION = "Gr\u00fc\u00dfe \ud83d\ude00 \"quoted\" \\ back\nnext\t\u0000\u001b";
    private static final ConversationFile TWO = new ConversationFile(
            Optional.of("Be brief."),
            List.of(
                    new Exchange(
                            Message.user(QUESTION),
                            AssistantMessage.builder()
                                    .text("one")
                                    .from("openrouter", "vendor/model")
                                    .build(),
                            false),
                    new Exchange(Message.user("two?"), AssistantMessage.of("tw"), true)));

    @TempDir
    Path folder;

    @Test
    void saved_isLoadedUnchanged() throws IOException {
        Path file = folder.resolve("talk.json");
        TWO.save(file);
        ConversationFile loaded = ConversationFile.load(file);
        assertEquals(TWO, loaded);
        AssistantMessage answer = loaded.exchanges().get(0).answer();
        assertEquals(Optional.of("openrouter"), answer.provider());
        assertEquals(Optional.of("vendor/model"), answer.model());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void save_replacesTheFileAndLeavesNothingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("talk.json"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);
        TWO.save(link);
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(TWO, ConversationFile.load(file));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void save_toAPlaceThatCannotBeWritten_namesIt() throws IOException {
        Path file = folder.resolve("no/such/talk.json");
        IOException missing = assertThrows(IOException.class, () -> TWO.save(file));
        assertEquals("cannot write " + file + ": there is no folder " + file.getParent(), missing.getMessage());
        IOException isFolder = assertThrows(IOException.class, () -> TWO.save(folder));
        assertEquals("cannot write " + folder + ": it is not a regular file", isFolder.getMessage());
        assertThrows(IOException.class, () -> TWO.save(Path.of("/dev/full")));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{                                                      | not a saved conversation: talk.json: 1",
                "[]                                                     | not a saved conversation: ",
                "plain text                                             | not a saved conversation: ",
                "``                                                     | not a saved conversation: ",
                "{}                                                     | it has no list \"messages\"",
                "{\"messages\":{}}                                      | it has no list \"messages\"",
                "{\"version\":2,\"messages\":[]}                        | a newer version of llm wrote it",
                "{\"messages\":[1]}                                     | message 1 has no text",
                "{\"messages\":[{\"role\":\"user\"}]}                   | message 1 has no text",
                "{\"messages\":[{\"role\":\"tool\",\"text\":\"x\"}]}     | message 1 must have the role user",
                "{\"messages\":[{\"role\":\"user\",\"text\":\"x\"}]}     | the last message has no answer",
            })
    void load_brokenFile_saysWhatIsWrong(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("talk.json"), text);
        IOException broken = assertThrows(IOException.class, () -> ConversationFile.load(file));
        assertTrue(broken.getMessage().startsWith(file + " is not a saved conversation: "), broken.getMessage());
        assertTrue(broken.getMessage().contains(message), broken.getMessage());
        assertFalse(broken.getMessage().contains("Exception"), broken.getMessage());
    }

    @Test
    void load_deepOrBinaryOrMissingFile_saysWhatIsWrong() throws IOException {
        Path file = Files.writeString(folder.resolve("talk.json"), "{\"messages\":" + "[".repeat(200_000));
        IOException deep = assertThrows(IOException.class, () -> ConversationFile.load(file));
        assertTrue(deep.getMessage().contains("nested too deeply"), deep.getMessage());
        Files.write(file, "\u00fc".getBytes(StandardCharsets.ISO_8859_1));
        IOException binary = assertThrows(IOException.class, () -> ConversationFile.load(file));
        assertTrue(binary.getMessage().endsWith("it is not UTF-8 text"), binary.getMessage());
        Path missing = folder.resolve("missing.json");
        IOException none = assertThrows(IOException.class, () -> ConversationFile.load(missing));
        assertEquals("cannot read " + missing + ": there is no such file", none.getMessage());
        IOException device = assertThrows(IOException.class, () -> ConversationFile.load(Path.of("/dev/zero")));
        assertEquals("cannot read /dev/zero: it is not a regular file", device.getMessage());
    }
}
