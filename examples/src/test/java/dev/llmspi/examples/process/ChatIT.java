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

/** Runs {@code llm chat} as a process against a local server. */
class ChatIT {

    @AutoClose
    private final FakeServer server = new FakeServer();

    @Test
    void answer_isTheOnlyOutput() throws Exception {
        Result result = Program.against(server.answer("Gr\u00fc\u00dfe")).run("chat", "--system", "Be brief.", "hello");
        assertEquals(new Result(0, "Gr\u00fc\u00dfe\n", ""), result);
        assertTrue(server.bodies().get(0).contains("Be brief."), server.bodies().toString());
    }

    @Test
    void answer_verbose_printsAttemptsToStandardError() throws Exception {
        Result result = Program.against(server.error(503, "busy").answer("ok")).run("chat", "-v", "hello");
        assertEquals("ok\n", result.out(), result.err());
        assertTrue(result.err().contains("x 503 Service"), result.err());
        assertTrue(result.err().contains(": waits "), result.err());
        assertTrue(result.err().contains("+ answered, vendor/model-served"), result.err());
    }

    @Test
    void json_printsOneAsciiLine() throws Exception {
        Result result =
                Program.against(server.answer("Gr\u00fc\u00dfe \ud83d\ude00")).run("chat", "--json", "hello");
        assertEquals(0, result.status(), result.err());
        assertEquals("", result.err());
        assertTrue(result.out().matches("\\{[ -~]+\\}\n"), result.out());
        assertTrue(
                result.out()
                        .matches("\\{\"outcome\":\"success\",\"callId\":\"[^\"]+\","
                                + "\"text\":\"Gr\\\\u00fc\\\\u00dfe \\\\ud83d\\\\ude00\",\"finishReason\":\"stop\","
                                + "\"rawFinishReason\":\"stop\",\"provider\":\"openrouter\","
                                + "\"model\":\"vendor/model-served\",\"requestId\":\"gen-1\","
                                + "\"usage\":\\{\"inputTokens\":3,\"outputTokens\":5,\"totalTokens\":8,"
                                + "\"cachedInputTokens\":null,\"reasoningTokens\":null,\"cost\":0\\.00002},"
                                + "\"durationMs\":\\d+,\"error\":null,\"attempts\":\\[\\{\"provider\":\"openrouter\","
                                + "\"model\":\"vendor/model\",\"outcome\":\"success\",\"sent\":true,\"kind\":null,"
                                + "\"status\":(null|200),\"startMs\":\\d+,\"durationMs\":\\d+,\"waitMs\":0,"
                                + "\"retryAfterMs\":null,\"requestId\":\"gen-1\"}],\"toolCalls\":\\[]}\n"),
                result.out());
    }

    @Test
    void error_exitsWithOneAndPrintsKindAndAttempts() throws Exception {
        Result result =
                Program.against(server.error(401, "who is sk-canary-4711?")).run("chat", "hello");
        assertEquals(1, result.status());
        assertEquals("", result.out());
        assertTrue(result.err().contains("Authentication"), result.err());
        assertTrue(result.err().contains("x 401 Authentication"), result.err());
        assertFalse(result.err().contains("canary"), result.err());
    }

    @Test
    void error_json_exitsWithOneAndPrintsOneLine() throws Exception {
        Result result = Program.against(server.error(503, "busy").error(503, "busy"))
                .with("LLM_MAX_RETRIES", "1")
                .run("chat", "--json", "hello");
        assertEquals(1, result.status(), result.err());
        assertEquals(1, result.out().lines().count());
        assertTrue(result.out().startsWith("{\"outcome\":\"error\",\"callId\":\""), result.out());
        assertTrue(
                result.out().contains("\"error\":{\"kind\":\"Service\",\"reason\":null,\"status\":503,"), result.out());
        assertEquals(2, result.out().split("\"outcome\":\"error\",\"sent\":true").length - 1, result.out());
        assertEquals(2, server.bodies().size());
    }

    @Test
    void noKey_errorNamesTheVariables() throws Exception {
        Result result = new Program(Program.PACKAGED).run("chat", "hello");
        assertEquals(2, result.status());
        assertEquals("", result.out());
        assertTrue(result.err().contains("OPENROUTER_API_KEY"), result.err());
        assertTrue(result.err().contains("PORTKEY_API_KEY"), result.err());
        Result json = new Program(Program.PACKAGED).run("chat", "--json", "hello");
        assertEquals(2, json.status());
        assertTrue(json.out().contains("\"kind\":\"Config\""), json.out());
        assertTrue(json.out().contains("OPENROUTER_API_KEY"), json.out());
    }

    @Test
    void unknownNames_exitWithTwo() throws Exception {
        for (String option : new String[] {"--chain=nowhere", "--provider=nobody", "--mode=never"}) {
            Result result = Program.against(server).run("chat", option, "hello");
            assertEquals(2, result.status(), option + ": " + result.err());
            assertTrue(result.err().contains(option.replaceFirst(".*=", "")), result.err());
        }
        assertEquals(0, server.bodies().size());
    }

    @Test
    void config_fallsBack_unlessProviderOptionIsGiven(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(folder.resolve("my settings.conf"), """
                llm.retry.max-retries = 0
                llm.providers {
                  openrouter { type = openrouter, api-key = one, base-url = "%1$s/api/v1", default-model = "a/b" }
                  portkey { type = portkey, api-key = two, base-url = "%1$s/v1", default-model = "c", provider = openai
                            provider-api-key = three }
                }
                llm.chains.default = [openrouter, portkey]
                """.formatted(server.address()));
        server.error(503, "busy")
                .error(503, "busy")
                .reply("/v1/chat/completions", 200, FakeServer.completion("second"));
        Result alone = new Program(Program.PACKAGED)
                .run("chat", "--config", config.toString(), "--provider", "openrouter", "hello");
        assertEquals(1, alone.status(), alone.err());
        assertEquals(1, server.bodies().size());
        Result chain = new Program(Program.PACKAGED).run("chat", "--config", config.toString(), "hello");
        assertEquals("second\n", chain.out(), chain.err());
        assertEquals(3, server.bodies().size());
    }

    @Test
    void config_wrong_exitsWithTwoAndNamesFileAndLine(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(
                folder.resolve("llm.conf"), "llm {\n  retry.max-retrys = 3\n  providers.mine.type = none\n}\n");
        Result result = Program.against(server).run("chat", "--config", config.toString(), "hello");
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().contains("max-retrys"), result.err());
        assertTrue(result.err().contains("llm.conf: 2"), result.err());
        // The second fault is found only after discovery, but both faults are reported in the same error.
        assertTrue(result.err().contains("llm.conf: 3"), result.err());
        Result missing = Program.against(server)
                .run("chat", "--config", folder.resolve("none.conf").toString(), "hello");
        assertEquals(2, missing.status(), missing.err());
        assertTrue(missing.err().contains("none.conf"), missing.err());
    }

    @Test
    void prompt_anyLocale_isUtf8() throws Exception {
        Program program =
                Program.against(server.answer("\u00e9").answer("\u00e9")).with("LC_ALL", "C");
        assertEquals("\u00e9\n", program.run("chat", "--", "-\u00fc\u4e2d").out());
        assertEquals(
                "\u00e9\n",
                program.reading("from \u00fc\u4e2d\n").run("chat", "-").out());
        assertTrue(
                server.bodies().get(0).contains("-\u00fc\u4e2d"),
                server.bodies().get(0));
        assertTrue(
                server.bodies().get(1).contains("from \u00fc\u4e2d"),
                server.bodies().get(1));
    }
}
