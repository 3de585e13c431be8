package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.show.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
        int status = Llm.commandLine(terminal).execute(args);
        terminal.out().flush();
        return status;
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
    void reasoning_invalid_errorListsTheEfforts() {
        assertEquals(2, run("chat", "--reasoning=a lot", "hello"));
        assertTrue(err().contains("none, minimal, low, medium, high"), err());
    }

    @Test
    void files_unreadable_errorNamesTheFile() {
        assertEquals(2, run("chat", "--image=no/such.png", "hello"));
        assertTrue(err().contains("no/such.png"), err());
        assertEquals(2, run("chat", "--json", "--schema=no/such.json", "hello"));
        assertTrue(out().contains("no/such.json") && out().contains("\"kind\":\"Config\""), out());
    }
}
