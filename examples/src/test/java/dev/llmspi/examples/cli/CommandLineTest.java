package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.show.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests command lines that need no provider, such as help, typos and invalid values. */
class CommandLineTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return run("", args);
    }

    private int run(String terminals, String[] args) {
        Terminal terminal =
                new Terminal(new ByteArrayInputStream(new byte[0]), out, err, Map.of(), terminals, "en_US.UTF-8");
        return Llm.run(terminal, args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "broken-streams", "chat", "providers", "route", "models", "account", "completion"})
    void help_everyCommand_goesToStandardOutput(String command) {
        assertEquals(0, run(command, "--help"));
        assertTrue(out().startsWith("Usage: llm " + command), out());
        assertEquals("", err());
        assertTrue(out().lines().allMatch(line -> line.length() <= 80), out());
    }

    @Test
    void help_chat_showsThatChainAndProviderAreExclusive() {
        run("chat", "--help");
        assertTrue(out().replaceAll("\\s+", " ").contains("--chain=NAME | --provider=NAME"), out());
    }

    @Test
    void noStream_inAConversation_isUsageError() {
        assertEquals(2, run("012", new String[] {"chat", "--no-stream"}));
        assertTrue(err().contains("--no-stream needs a prompt: a conversation prints"), err());
    }

    @Test
    void noCommand_isUsageErrorWithHelp() {
        assertEquals(2, run());
        assertEquals("", out());
        assertTrue(err().contains("Commands:"), err());
    }

    @Test
    void typo_isUsageErrorWithSuggestion() {
        assertEquals(2, run("caht"));
        assertTrue(err().contains("did you mean chat?"), err());
        assertEquals(2, run("chat", "--modle=x", "hello"));
        assertTrue(err().contains("did you mean --model?"), err());
        assertEquals(2, run("chat", "--no-steam", "hello"));
        assertTrue(err().contains("did you mean --no-stream?"), err());
        assertEquals("", out());
    }

    @Test
    void chainAndProvider_together_areRejected() {
        assertEquals(2, run("chat", "--chain=a", "--provider=b", "hello"));
        assertTrue(err().contains("mutually exclusive"), err());
    }

    @Test
    void timeout_invalid_errorShowsTheFormat() {
        assertEquals(2, run("chat", "--timeout=soon", "hello"));
        assertTrue(err().contains("--timeout") && err().contains("30s"), err());
    }

    @Test
    void usageError_withJson_printsOneObjectOfKindConfig() {
        assertEquals(2, run("chat", "--json", "--timeout=soon", "hello"));
        assertEquals("", err());
        assertEquals(1, out().lines().count());
        assertTrue(out().startsWith("{\"outcome\":\"error\"") && out().contains("\"kind\":\"Config\""), out());
    }

    /** A conversation would have no place for its prompt, or would print no JSON. */
    @Test
    void chat_noPromptOnTerminalAndNoConversation_errorExplainsHowToPassOne() {
        assertEquals(2, run("0", new String[] {"chat"}));
        assertTrue(err().contains("no prompt"), err());
        assertEquals(2, run("012", new String[] {"chat", "--json"}));
        assertTrue(out().contains("no prompt"), out());
    }

    @Test
    void chat_noPromptOnTerminal_isAConversationThatChecksItsOptionsFirst() {
        assertEquals(2, run("012", new String[] {"chat", "--image=no/such.png"}));
        assertTrue(err().contains("no/such.png"), err());
        assertEquals(2, run("012", new String[] {"chat"}));
        assertFalse(err().contains("no prompt"), err());
    }

    @Test
    void chat_emptyInput_isRejectedBeforeAnyCall() {
        assertEquals(2, run("chat", "-"));
        assertTrue(err().contains("the prompt is empty"), err());
        assertEquals(2, run("chat", " "));
        assertFalse(err().contains("unexpected"), err());
    }

    @Test
    void textThatLooksLikeAnOption_errorExplainsHowToSendIt() {
        assertEquals(2, run("chat", "what", "does", "-xzf", "mean"));
        assertTrue(err().contains("unknown option -xzf; if it is text, put -- before the text"), err());
    }

    @Test
    void fileInPrompt_isNeverReadAsOptions(@TempDir Path folder) throws Exception {
        Path notes = Files.writeString(folder.resolve("notes.md"), "--timeout=soon\n--json\n");
        run("chat", "explain", "@" + notes);
        assertFalse(err().contains("--timeout"), err());
        assertTrue(err().contains("no usable provider"), err());
        assertEquals("", out());
    }

    @Test
    void fileInPrompt_missing_errorNamesItAndTheWayOut() {
        assertEquals(2, run("chat", "ask", "@no/such.md"));
        assertTrue(err().contains("file not found: no/such.md") && err().contains("write @@no/such.md"), err());
        assertEquals(2, run("chat", "--file", "no/other.md", "ask"));
        assertTrue(err().contains("--file: file not found: no/other.md"), err());
        assertEquals(2, run("chat", "--system", "@no/system.md", "ask"));
        assertTrue(err().contains("file not found: no/system.md"), err());
    }

    @Test
    void temperatureAndMaxTokens_invalid_errorNamesTheOption() {
        for (String value : new String[] {"hot", "2.5", "-1", "NaN", "0,7", ""}) {
            assertEquals(2, run("chat", "--temperature=" + value, "hello"), value);
        }
        assertTrue(err().contains("--temperature") && err().contains("a number from 0 to 2"), err());
        for (String value : new String[] {"0", "-1", "many", "1.5", "99999999999"}) {
            assertEquals(2, run("chat", "--max-tokens=" + value, "hello"), value);
        }
        assertTrue(err().contains("--max-tokens") && err().contains("a whole number of tokens"), err());
    }

    @Test
    void output_cannotBeWritten_endsWithMessageAndOne() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), full, err, Map.of(), "", "C");
        assertEquals(1, Llm.run(terminal, "--help"));
        assertEquals("llm: cannot write to standard output: No space left on device\n", err());
    }

    @Test
    void reasoning_invalid_errorListsTheEfforts() {
        assertEquals(2, run("chat", "--reasoning=a lot", "hello"));
        assertTrue(err().contains("none, minimal, low, medium, high"), err());
    }

    @Test
    void files_unreadable_errorNamesTheFile() {
        assertEquals(2, run("chat", "--image=no/such.png", "hello"));
        assertTrue(err().contains("no/such.png"), err());
        assertEquals(2, run("chat", "--image=https://exam ple/x.png", "hello"));
        assertTrue(err().contains("https://exam ple/x.png"), err());
        assertEquals(2, run("chat", "--json", "--schema=no/such.json", "hello"));
        assertTrue(out().contains("no/such.json") && out().contains("\"kind\":\"Config\""), out());
    }
}
