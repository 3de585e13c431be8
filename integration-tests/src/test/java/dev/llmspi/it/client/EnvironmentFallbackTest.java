package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.it.faults.LogLines;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ManualTimeSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the fallback from OpenRouter to Portkey when only environment variables configure the client. */
@Timeout(30)
class EnvironmentFallbackTest {

    static final List<Reply> FAILURES = List.of(
            Reply.error(402, "402", "no credit"),
            Reply.error(429, "429", "slow down"),
            Reply.error(500, "500", "broken"),
            Reply.error(503, "503", "overloaded"),
            Reply.close(),
            Reply.reset());

    private final TestUpstream openrouter = TestUpstream.start();
    private final TestUpstream portkey = TestUpstream.start();

    @AfterEach
    void stop() {
        openrouter.close();
        portkey.close();
    }

    private LlmClientBuilder client(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "OPENROUTER_API_KEY", "or-key",
                "OPENROUTER_BASE_URL", openrouter.url("/api/v1").toString(),
                "OPENROUTER_DEFAULT_MODEL", "or/model",
                "PORTKEY_API_KEY", "pk-key",
                "PORTKEY_BASE_URL", portkey.url("/v1").toString()));
        environment.putAll(more);
        return LlmClient.builder().environment(environment).timeSource(ManualTimeSource.create());
    }

    @ParameterizedTest
    @FieldSource("FAILURES")
    void twoKeysAndTwoModels_portkeyAnswersWhenOpenRouterFails(Reply failure) {
        openrouter.always(failure);
        portkey.then(Reply.answer("from portkey"));
        try (LlmClient client =
                client(Map.of("PORTKEY_DEFAULT_MODEL", "@openai/model")).build()) {
            ChatResponse answer = client.chat(ChatRequest.of("hi"));

            assertEquals("from portkey", answer.text());
            assertEquals(1, portkey.posts());
            assertTrue(portkey.lastRequest().body().contains("\"model\":\"@openai/model\""));
            assertEquals(answer.attempts().size(), openrouter.posts() + portkey.posts());
        }
    }

    @Test
    void openRouterIsUnreachable_portkeyAnswers() {
        openrouter.close();
        portkey.then(Reply.answer("from portkey"));
        try (LlmClient client =
                client(Map.of("PORTKEY_DEFAULT_MODEL", "@openai/model")).build()) {
            assertEquals("from portkey", client.chat("hi").text());
        }
    }

    /**
     * Uses real time, because the test waits for the request timeout. The short retry delay only makes the test faster.
     */
    @Test
    void openRouterHangs_portkeyAnswersAfterTheRequestTimeout() {
        openrouter.always(Reply.hang());
        portkey.then(Reply.answer("from portkey")).then(Reply.answer("from portkey"));
        try (LlmClient client = client(Map.of(
                        "PORTKEY_DEFAULT_MODEL", "@openai/model",
                        "LLM_REQUEST_TIMEOUT", "0.2",
                        "LLM_RETRY_DELAY", "0.01"))
                .timeSource(TimeSource.system())
                .build()) {
            assertEquals("from portkey", client.chat("hi").text());
            assertEquals(
                    "from portkey",
                    client.stream(ChatRequest.of("hi")).collect().text());
        }
    }

    /** A link without a model is skipped. The resulting error must not hide the reason why the first link failed. */
    @Test
    void portkeyWithoutAModel_theErrorOfOpenRouterIsThrown() {
        openrouter.always(Reply.error(402, "402", "no credit"));
        try (LlmClient client = client(Map.of()).build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));

            assertEquals(ErrorKind.RESOURCE_EXHAUSTED, error.kind());
            assertEquals("openrouter", error.provider());
            assertEquals(0, portkey.posts());
            assertEquals(2, error.attempts().size());
            assertEquals(Attempt.Outcome.SKIPPED, error.attempts().get(1).outcome());
        }
    }

    @Test
    void portkeyWithoutAModel_isOneWarningAtStartup() {
        try (LogLines log = new LogLines();
                LlmClient client = client(Map.of()).build()) {
            List<String> warnings = log.matching(line -> line.startsWith("WARNING"));
            assertEquals(1, warnings.size(), warnings.toString());
            assertTrue(
                    warnings.get(0)
                            .endsWith("provider portkey is skipped in calls that name no model: it has no default"
                                    + " model; set PORTKEY_DEFAULT_MODEL or llm.providers.portkey.default-model"),
                    warnings.get(0));
            assertFalse(client.route(CallOptions.none()).links().get(1).usable());
        }
    }

    @Test
    void portkeyWithoutAModel_answersACallThatNamesOne() {
        openrouter.always(Reply.error(402, "402", "no credit"));
        portkey.then(Reply.answer("from portkey"));
        try (LlmClient client = client(Map.of()).build()) {
            ChatRequest named =
                    ChatRequest.of("hi").toBuilder().model("@openai/m").build();
            assertEquals("from portkey", client.chat(named).text());
        }
    }

    /** The configuration saved at Portkey can contain the model, so the request is sent without one. */
    @Test
    void portkeyWithASavedConfiguration_needsNoModel() {
        openrouter.always(Reply.error(402, "402", "no credit"));
        portkey.then(Reply.answer("from portkey"));
        try (LogLines log = new LogLines();
                LlmClient client = client(Map.of("PORTKEY_CONFIG_ID", "pc-1")).build()) {
            assertEquals("from portkey", client.chat("hi").text());
            assertFalse(portkey.lastRequest().body().contains("\"model\""));
            assertEquals(List.of(), log.matching(line -> line.startsWith("WARNING") && line.contains("no model")));
        }
    }

    @Test
    void preferredProvider_inAnyCase_isCalledFirst() {
        portkey.then(Reply.answer("from portkey"));
        try (LlmClient client = client(Map.of("PORTKEY_DEFAULT_MODEL", "m", "PREFERRED_LLM_PROVIDER", "PortKey"))
                .build()) {
            assertEquals("from portkey", client.chat("hi").text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"portkey", "PORTKEY"})
    void preferredProvider_withoutAKey_isOneWarning(String preferred) {
        openrouter.then(Reply.answer("from openrouter"));
        try (LogLines log = new LogLines();
                LlmClient client = client(Map.of(
                                "PREFERRED_LLM_PROVIDER", preferred, "PORTKEY_API_KEY", "", "PORTKEY_BASE_URL", ""))
                        .build()) {
            assertEquals("from openrouter", client.chat("hi").text());
            List<String> warnings = log.matching(line -> line.startsWith("WARNING"));
            assertEquals(1, warnings.size(), warnings.toString());
            assertTrue(warnings.get(0).contains("the preferred provider portkey is left out: needs an API key"));
        }
    }

    @Test
    void totalThatCutsTheRequestTimeout_isOneWarningAtStartup() {
        try (LogLines log = new LogLines();
                LlmClient client = client(Map.of("PORTKEY_DEFAULT_MODEL", "m", "LLM_REQUEST_TIMEOUT", "120"))
                        .set("llm.timeouts.total", "3m")
                        .build()) {
            List<String> warnings = log.matching(line -> line.startsWith("WARNING"));
            assertEquals(1, warnings.size(), warnings.toString());
            assertTrue(warnings.get(0).contains("set llm.timeouts.total to at least 240s"), warnings.get(0));
            assertEquals(2, client.route(CallOptions.none()).links().size());
        }
    }

    /**
     * The first provider always fails. The second provider fails three times and then answers. The delays are random,
     * as in the default configuration. The health is reset between calls, because otherwise the first provider would
     * enter its cooldown after eight failures.
     */
    @Test
    void maxRetries_twoHundredCalls_fourAttemptsAtEachProviderInEachCall() {
        long seed = System.nanoTime();
        System.out.println("EnvironmentFallbackTest: seed " + seed);
        openrouter.always(Reply.error(503, "503", "overloaded"));
        try (LlmClient client = client(Map.of("PORTKEY_DEFAULT_MODEL", "m"))
                .timeSource(ManualTimeSource.create().randomFrom(new Random(seed)::nextDouble))
                .build()) {
            for (int i = 1; i <= 200; i++) {
                for (int failure = 0; failure < 3; failure++) {
                    portkey.then(Reply.error(503, "503", "overloaded"));
                }
                portkey.then(Reply.answer("at last"));
                assertEquals("at last", client.chat("hi").text());
                assertEquals(4 * i, openrouter.posts(), "seed " + seed);
                assertEquals(4 * i, portkey.posts(), "seed " + seed);
                client.resetHealth();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"LLM_RETRY_DELAY,6", "LLM_RETRY_DELAY,90", "LLM_RETRY_MAX_DELAY,0.5", "LLM_MAX_RETRIES,3"})
    void oneVariableAlone_keepsTheThreeRetries(String variable, String value) {
        openrouter.always(Reply.error(503, "503", "overloaded"));
        portkey.then(Reply.answer("from portkey"));
        try (LlmClient client =
                client(Map.of("PORTKEY_DEFAULT_MODEL", "m", variable, value)).build()) {
            assertEquals("from portkey", client.chat("hi").text());
            assertEquals(4, openrouter.posts());
        }
    }

    @Test
    void agentWithABlankModel_usesTheDefault() {
        openrouter.then(Reply.answer("hello"));
        try (LlmClient client = client(Map.of("AGENT_MODEL_MAP", "{\"a\": \"\"}", "PORTKEY_DEFAULT_MODEL", " "))
                .build()) {
            client.chat(ChatRequest.of("hi"), CallOptions.builder().agent("a").build());
            assertTrue(openrouter.lastRequest().body().contains("\"model\":\"or/model\""));
        }
    }
}
