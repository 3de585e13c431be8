package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ManualTimeSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The fallback from OpenRouter to Portkey, with nothing but environment variables. */
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
    void openRouterIsNotThere_portkeyAnswers() {
        openrouter.close();
        portkey.then(Reply.answer("from portkey"));
        try (LlmClient client =
                client(Map.of("PORTKEY_DEFAULT_MODEL", "@openai/model")).build()) {
            assertEquals("from portkey", client.chat("hi").text());
        }
    }

    /** A link without a model is not asked. Its error must not hide why the first link failed. */
    @Test
    void portkeyWithoutAModel_theErrorOfOpenRouterIsThrown() {
        openrouter.always(Reply.error(402, "402", "no credit"));
        try (LlmClient client = client(Map.of()).build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));

            assertEquals(ErrorKind.RESOURCE_EXHAUSTED, error.kind());
            assertEquals("openrouter", error.provider());
            assertEquals(0, portkey.posts());
            assertEquals(2, error.attempts().size());
        }
    }
}
