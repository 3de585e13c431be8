package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests what a person at a terminal sees. The tests say that the outputs are a terminal, because a process has none
 * here.
 */
class TerminalIT {

    private static final String ERASE = "\r\u001b[K";

    @AutoClose
    private final FakeServer server = new FakeServer();

    private Program onTerminal(String descriptors) {
        return Program.against(server)
                .with("LLM_JAVA_OPTS", "-Dllm.tty=" + descriptors)
                .with("TERM", "xterm")
                .with("NO_COLOR", "1")
                .with("COLUMNS", "80");
    }

    private void planStream() {
        server.stream(FakeServer.delta("\"content\":\"streamed\""), FakeServer.finish("stop"), "[DONE]");
    }

    private boolean streamed() {
        return server.bodies().get(server.bodies().size() - 1).contains("\"stream\":true");
    }

    @Test
    void answerOnATerminal_isStreamedUnlessToldOtherwise() throws Exception {
        planStream();
        assertEquals(new Result(0, "streamed\n", ""), onTerminal("12").run("chat", "hello"));
        assertTrue(streamed());
        server.answer("whole").answer("whole");
        assertEquals(new Result(0, "whole\n", ""), onTerminal("12").run("chat", "--no-stream", "hello"));
        assertFalse(streamed());
        Result json = onTerminal("12").run("chat", "--json", "hello");
        assertEquals(1, json.out().lines().count(), json.out());
        assertFalse(streamed());
        server.answer("whole");
        assertEquals(new Result(0, "whole\n", ""), onTerminal("2").run("chat", "hello"));
        assertFalse(streamed());
    }

    @Test
    void retry_isMentionedUntilTheAnswerBegins() throws Exception {
        server.error(503, "busy");
        planStream();
        Result result = onTerminal("12").with("LLM_RETRY_DELAY", "10ms").run("chat", "hello");
        assertEquals(0, result.status(), result.err());
        assertEquals("streamed\n", result.out());
        assertTrue(result.err().contains(ERASE + "trying again in 1 s: openrouter failed (503)"), result.err());
        assertTrue(result.err().endsWith(ERASE), result.err());
    }

    @Test
    void retry_standardErrorIsNoTerminal_isNotMentioned() throws Exception {
        server.error(503, "busy").answer("ok");
        assertEquals(new Result(0, "ok\n", ""), onTerminal("").run("chat", "hello"));
    }

    @Test
    void fallback_saysWhoAnsweredAndWhy(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(folder.resolve("llm.conf"), """
                llm.providers {
                  openrouter { api-key = one, base-url = "%1$s/api/v1", default-model = "a/b" }
                  backup { type = openrouter, api-key = two, base-url = "%1$s/api/v1", default-model = "c/d" }
                }
                llm.chains.default = [openrouter, backup]
                """.formatted(server.address()));
        String note = "llm: answered by backup; openrouter is out of credit\n";
        server.error(402, "no credit").answer("ok");
        Program piped = new Program(Program.PACKAGED);
        assertEquals(new Result(0, "ok\n", note), piped.run("chat", "-c", config.toString(), "hello"));
        server.error(402, "no credit").answer("ok");
        Result json = piped.run("chat", "-c", config.toString(), "--json", "hello");
        assertEquals("", json.err());
        server.error(402, "no credit");
        planStream();
        Result seen = onTerminal("12").run("chat", "-c", config.toString(), "hello");
        assertTrue(seen.err().contains("asking backup: openrouter is out of credit"), seen.err());
        assertTrue(seen.err().endsWith(ERASE + note), seen.err());
    }

    @Test
    void verbose_addsUsageAndCost() throws Exception {
        planStream();
        Result result = onTerminal("12").run("chat", "-v", "hello");
        assertTrue(result.err().contains("3 tokens in, 5 tokens out, cost 0.00002"), result.err());
    }
}
