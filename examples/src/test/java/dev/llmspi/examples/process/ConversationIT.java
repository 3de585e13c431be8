package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.testkit.FakeLlmServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the conversation of {@code llm chat} in a terminal. */
class ConversationIT {

    @TempDir
    Path folder;

    private FakeLlmServer openrouter;
    private FakeLlmServer portkey;

    @BeforeEach
    void start() {
        openrouter = FakeLlmServer.openRouter();
        portkey = FakeLlmServer.portkey();
    }

    @AfterEach
    void stop() {
        openrouter.close();
        portkey.close();
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("LLM", new Program(Program.PACKAGED).launcher().toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("HOME", folder.toString());
        environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
        environment.put("OPENROUTER_API_KEY", "key-1");
        environment.put("OPENROUTER_BASE_URL", openrouter.url());
        environment.put("OPENROUTER_DEFAULT_MODEL", "vendor/model");
        environment.put("PORTKEY_API_KEY", "key-2");
        environment.put("PORTKEY_BASE_URL", portkey.url());
        environment.put("PORTKEY_DEFAULT_MODEL", "@other/model");
        environment.put("LLM_RETRY_DELAY", "10ms");
        return environment;
    }

    private Tmux open(int columns, Map<String, String> environment, String line) throws Exception {
        return Tmux.start(Files.createTempDirectory(folder, "tmux"), columns, environment, line);
    }

    private Tmux chat() throws Exception {
        return open(80, environment(), "\"$LLM\" chat");
    }

    private static String body(FakeLlmServer server) {
        return server.lastRequest().body();
    }

    /** Plans the answers to five questions: the third falls back, the fourth hangs. */
    private void planFiveTurns() {
        openrouter
                .streams("The first ", "answer.")
                .answers("The second answer.")
                .fails(ErrorKind.RESOURCE_EXHAUSTED);
        portkey.answers("The third answer.")
                .streamsThenHangs("Half of the fourth")
                .answers("The fifth answer.");
    }

    private void talkFiveTurns(Tmux tmux) throws Exception {
        tmux.awaitPrompt();
        tmux.line("question one");
        tmux.await("The first answer.");
        tmux.awaitPrompt();
        tmux.line("question two");
        tmux.await("The second answer.");
        tmux.awaitPrompt();
        tmux.line("question three");
        tmux.await("The third answer.");
        tmux.await("the next questions go to portkey first.");
        tmux.awaitPrompt();
        tmux.line("question four");
        tmux.await("Half of the fourth");
        tmux.key("C-c");
        tmux.await("The conversation keeps the part above");
        portkey.awaitClientsGone(1);
        tmux.awaitPrompt();
        tmux.line("question five");
        tmux.await("The fifth answer.");
        tmux.awaitPrompt();
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 80, 200})
    void fiveTurns_fallbackCtrlCSaveAndLoad(int columns) throws Exception {
        planFiveTurns();
        try (Tmux tmux = open(columns, environment(), "\"$LLM\" chat --system 'Be brief.'")) {
            talkFiveTurns(tmux);
            assertEquals(3, openrouter.posts());
            assertEquals(3, portkey.posts());
            String body = body(portkey);
            for (String text : new String[] {
                "Be brief.",
                "question one",
                "The first answer.",
                "question three",
                "The third answer.",
                "question four",
                "Half of the fourth",
                "question five"
            }) {
                assertTrue(body.contains("\"" + text + "\""), text + " is missing: " + body);
            }
            tmux.line("/save talk.json");
            tmux.await("saved 5 questions and their answers");
            tmux.awaitPrompt();
            tmux.line("/exit");
            tmux.await("exit status 0");
        }
        Path saved = Files.walk(folder)
                .filter(file -> file.endsWith("talk.json"))
                .findFirst()
                .orElseThrow();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(saved)));
        portkey.answers("The sixth answer.");
        try (Tmux tmux = open(columns, environment(), "\"$LLM\" chat")) {
            tmux.awaitPrompt();
            tmux.line("/load " + saved);
            tmux.await("loaded 5 questions and their answers");
            tmux.await("goes to portkey (@other/model), then openrouter (vendor/model)");
            tmux.awaitPrompt();
            tmux.line("question six");
            tmux.await("The sixth answer.");
            tmux.awaitPrompt();
            tmux.key("C-d");
            tmux.await("exit status 0");
        }
        assertEquals(3, openrouter.posts());
        assertTrue(body(portkey).contains("\"Be brief.\""), body(portkey));
        assertTrue(body(portkey).contains("\"Half of the fourth\""), body(portkey));
    }

    @Test
    void noColour_hasNoColours() throws Exception {
        planFiveTurns();
        Map<String, String> environment = environment();
        environment.put("NO_COLOR", "1");
        try (Tmux tmux = open(80, environment, "\"$LLM\" chat")) {
            talkFiveTurns(tmux);
            assertFalse(tmux.raw().matches("(?s).*\u001b\\[[0-9;]*[1-9][0-9;]*m.*"), tmux.raw());
        }
    }

    @Test
    void dumbTerminal_hasNoEscapeSequences() throws Exception {
        planFiveTurns();
        Map<String, String> environment = environment();
        environment.put("TERM", "dumb");
        try (Tmux tmux = open(80, environment, "\"$LLM\" chat")) {
            talkFiveTurns(tmux);
            tmux.text("discarded");
            tmux.await("> discarded"); // Ctrl-C drops what the terminal has not read yet
            tmux.key("C-c");
            tmux.await("> discarded^C llm: Ctrl-D or /exit ends the conversation.");
            tmux.key("C-d");
            tmux.await("exit status 0");
            assertFalse(tmux.raw().contains("\u001b"), tmux.raw());
        }
    }

    @Test
    void outputInAPipe_getsOnlyTheAnswers() throws Exception {
        openrouter.answers("The first \u0007answer.").answers("The second answer.");
        try (Tmux tmux = open(80, environment(), "\"$LLM\" chat | cat > answers")) {
            tmux.awaitPrompt();
            tmux.line("question one");
            openrouter.awaitPosts(1);
            tmux.awaitPrompt();
            tmux.line("question two");
            openrouter.awaitPosts(2);
            tmux.awaitPrompt();
            tmux.line("/exit");
            tmux.await("exit status 0");
        }
        Path answers = Files.walk(folder)
                .filter(file -> file.endsWith("answers"))
                .findFirst()
                .orElseThrow();
        assertEquals("The first \u0007answer.\nThe second answer.\n", Files.readString(answers));
    }

    @Test
    void outputInAClosedPipe_endsTheConversation() throws Exception {
        openrouter.answers("The first answer.").answers("The second answer.").repeat();
        try (Tmux tmux = open(80, environment(), "{ \"$LLM\" chat; echo \"ended with $?\" >&2; } | head -c 1")) {
            tmux.awaitPrompt();
            tmux.line("question one");
            // Whether the pipe is already closed when the first answer ends depends on the speed of head.
            tmux.line("question two");
            tmux.await("standard output is closed, so the conversation ends.");
            tmux.await("ended with 1");
        }
    }

    @Test
    void outputOnAFullDevice_isReportedOnce() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        openrouter.answers("The first answer.");
        try (Tmux tmux = open(80, environment(), "\"$LLM\" chat >/dev/full")) {
            tmux.awaitPrompt();
            tmux.line("question one");
            tmux.await("llm: cannot write to standard output: No space left on device");
            tmux.await("exit status 1");
            assertFalse(tmux.screen().contains("standard output is closed"), tmux.screen());
        }
    }

    @Test
    void ctrlC_duringARetry_keepsTheEarlierAnswer() throws Exception {
        openrouter.answers("The first answer.").hangs().answers("The second answer.");
        try (Tmux tmux = chat()) {
            tmux.awaitPrompt();
            tmux.line("question one");
            tmux.await("The first answer.");
            tmux.awaitPrompt();
            tmux.line("/retry");
            openrouter.awaitPosts(2);
            tmux.key("C-c");
            tmux.await("the conversation keeps the earlier one");
            tmux.awaitPrompt();
            tmux.line("question two");
            tmux.await("The second answer.");
        }
        assertTrue(body(openrouter).contains("The first answer."), body(openrouter));
    }

    @Test
    void inputInAPipe_isOnePrompt() throws Exception {
        openrouter.answers("The answer.");
        try (Tmux tmux = open(80, environment(), "printf 'question\\n/exit\\n' | \"$LLM\" chat")) {
            tmux.await("The answer. exit status 0");
        }
        assertTrue(body(openrouter).contains("question\\n/exit"), body(openrouter));
    }

    @Test
    void error_leavesTheConversationUsable() throws Exception {
        openrouter.fails(ErrorKind.INVALID_REQUEST).answers("It works.");
        portkey.fails(ErrorKind.INVALID_REQUEST);
        try (Tmux tmux = chat()) {
            tmux.awaitPrompt();
            tmux.line("asked twice");
            tmux.await("llm: InvalidRequest:");
            tmux.await("/retry asks it again");
            tmux.awaitPrompt();
            tmux.line("/retry");
            tmux.await("It works.");
        }
        assertEquals(1, body(openrouter).split("\"role\"", -1).length - 1, body(openrouter));
    }

    @Test
    void severalLines_areOneQuestion() throws Exception {
        openrouter.answers("one").answers("two").answers("three");
        try (Tmux tmux = chat()) {
            tmux.awaitPrompt();
            tmux.line("first line\\");
            tmux.line("second line!");
            tmux.await("one");
            tmux.awaitPrompt();
            assertTrue(body(openrouter).contains("first line\\nsecond line!"), body(openrouter));
            tmux.paste("cd /tmp \\\n  && ls\n");
            tmux.key("Enter");
            tmux.await("two");
            tmux.awaitPrompt();
            assertTrue(body(openrouter).contains("cd /tmp \\\\\\n  && ls"), body(openrouter));
            tmux.text("alt");
            tmux.key("M-Enter");
            tmux.line("enter");
            tmux.await("three");
            assertTrue(body(openrouter).contains("alt\\nenter"), body(openrouter));
        }
    }

    @Test
    void ctrlC_atThePrompt_discardsTheLine() throws Exception {
        openrouter.answers("yes");
        try (Tmux tmux = chat()) {
            tmux.awaitPrompt();
            tmux.text("never sent");
            tmux.key("C-c");
            tmux.awaitPrompt();
            tmux.key("C-c");
            tmux.await("> llm: Ctrl-D or /exit ends the conversation.");
            tmux.awaitPrompt();
            tmux.line("sent");
            tmux.await("yes");
        }
        assertFalse(body(openrouter).contains("never"), body(openrouter));
    }

    @Test
    void ctrlC_beforeTheFirstWord_dropsTheQuestion() throws Exception {
        openrouter.hangs().answers("yes");
        try (Tmux tmux = chat()) {
            tmux.awaitPrompt();
            tmux.line("dropped");
            openrouter.awaitPosts(1);
            tmux.key("C-c");
            tmux.await("the conversation goes on without this question");
            tmux.awaitPrompt();
            tmux.line("asked");
            tmux.await("yes");
        }
        assertFalse(body(openrouter).contains("dropped"), body(openrouter));
    }

    @Test
    void history_isKeptForTheNextConversationAndForItsOwnerOnly() throws Exception {
        openrouter.answers("one").answers("two");
        try (Tmux tmux = chat()) {
            tmux.awaitPrompt();
            tmux.line("remember this");
            tmux.await("one");
            tmux.awaitPrompt();
            tmux.line(" but not this");
            tmux.await("two");
            tmux.awaitPrompt();
            tmux.key("C-d");
            tmux.await("exit status 0");
        }
        Path history = folder.resolve("state/llm/history");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(history)));
        assertFalse(Files.readString(history).contains("but not this"));
        try (Tmux tmux = chat()) {
            tmux.awaitPrompt();
            tmux.key("Up");
            tmux.await("> remember this");
        }
    }

    @Test
    void damagedHistory_isNoObstacle() throws Exception {
        Path history = folder.resolve("state/llm/history");
        Files.createDirectories(history.getParent());
        Files.write(history, new byte[] {'x', (byte) 0xff, '\n', ':', '\n'});
        openrouter.answers("yes");
        try (Tmux tmux = chat()) {
            tmux.awaitPrompt();
            tmux.line("works");
            tmux.await("yes");
        }
    }

    @Test
    void screen_showsNoWarningsOfTheJvm() throws Exception {
        try (Tmux tmux = chat()) {
            tmux.awaitPrompt();
            assertFalse(tmux.screen().contains("WARNING"), tmux.screen());
        }
    }
}
