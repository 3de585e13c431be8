package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that a provider called by its name gets the agent's model, settings and timeouts, as in a chain. */
class DirectAgentTest {

    private static final CallContext AGENT = CallContext.builder().agent("a").build();

    private final List<Duration> remaining = new ArrayList<>();
    private final ScriptedProvider provider =
            ScriptedProvider.named("p").then(this::answer).repeat();
    private final LlmClient client = LlmClient.builder()
            .timeSource(ManualTimeSource.create())
            .provider(provider)
            .text("""
                    llm {
                      models.fast.p = mapped, models.elsewhere.q = x
                      agents.a { model = fast, temperature = 0.5, timeouts.attempt = 7s }
                      agents.t.timeouts.total = 3s
                      providers.p.agents.a.max-output-tokens = 9
                    }""", "test")
            .build();

    /** Records the remaining time before the answer, because a stream has another timeout once it has begun. */
    private ChatResponse answer(ChatRequest request, CallContext context) {
        remaining.add(context.remaining());
        return ScriptedProvider.named("p").answers("hello").chat(request, context);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void chat_agentInTheContext_setsModelSettingsAndTimeouts() {
        client.registry().get("p").chat(ChatRequest.of("hi"), AGENT);

        ChatRequest sent = provider.requests().get(0);
        assertEquals(Optional.of("mapped"), sent.model());
        assertEquals(0.5, sent.temperature().orElseThrow());
        assertEquals(9, sent.maxOutputTokens().orElseThrow());
        assertEquals(Duration.ofSeconds(7), remaining.get(0));
    }

    @Test
    void stream_agentInTheContext_setsModelAndTimeouts() {
        try (ChatStream stream = client.registry().get().stream(ChatRequest.of("hi"), AGENT)) {
            assertEquals("hello", stream.collect().text());
        }
        assertEquals(Optional.of("mapped"), provider.requests().get(0).model());
        assertEquals(Duration.ofSeconds(7), remaining.get(0));
    }

    @Test
    void chat_totalTimeoutOfTheAgent_limitsTheCall() {
        client.registry()
                .get("p")
                .chat(ChatRequest.of("hi"), CallContext.builder().agent("t").build());
        assertEquals(Duration.ofSeconds(3), remaining.get(0));
    }

    /** As in a chain, the agent's total timeout wins. If it is not set, there is enough time for one attempt. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agents.a.timeouts { attempt = 1h, total = 20m }                      | 1200",
                "timeouts.total = 1m, agents.a.timeouts { attempt = 1h, total = 2m }  | 120",
                "agents.a.timeouts.attempt = 15m                                      | 900",
                "providers.p.timeouts.attempt = 15m                                   | 900",
                "timeouts.total = 1m, providers.p.timeouts.attempt = 15m              | 60",
                "agents.a.timeouts.attempt = 1h, providers.p.timeouts.total = 30s     | 30",
            })
    void call_byName_hasTheTimeoutsOfAChainOfOne(String settings, long seconds) {
        try (LlmClient other = LlmClient.builder()
                .timeSource(ManualTimeSource.create())
                .provider(provider)
                .text("llm { " + settings + " }", "test")
                .build()) {
            other.registry().get("p").chat(ChatRequest.of("hi"), AGENT);
            other.registry().get("p").stream(ChatRequest.of("hi"), AGENT).collect();
            other.chat(ChatRequest.of("hi"), CallOptions.builder().agent("a").build());
            assertEquals(
                    List.of(seconds, seconds, seconds),
                    remaining.stream().map(Duration::toSeconds).toList());
        }
    }

    @Test
    void chat_contextHasLessTimeThanTheAgent_limitsTheCall() {
        CallContext hurried =
                CallContext.builder().agent("t").timeout(Duration.ofSeconds(2)).build();
        client.registry().get("p").chat(ChatRequest.of("hi"), hurried);
        assertTrue(remaining.get(0).compareTo(Duration.ofSeconds(2)) <= 0, remaining::toString);
    }

    @Test
    void chat_requestNamesAModel_overridesTheAgent() {
        ChatRequest request = ChatRequest.of("hi").toBuilder().model("own").build();
        client.registry().get("p").chat(request, AGENT);
        assertEquals(Optional.of("own"), provider.requests().get(0).model());
        client.registry().get("p").chat(ChatRequest.of("hi"), CallContext.create());
        assertEquals(Optional.of("scripted-model"), provider.requests().get(1).model());
    }

    @Test
    void chat_aliasHasNoModelForTheProvider_isAModelErrorWithoutARequest() {
        ChatRequest request =
                ChatRequest.of("hi").toBuilder().model("elsewhere").build();
        LlmModelException error = assertThrows(
                LlmModelException.class, () -> client.registry().get("p").chat(request, CallContext.create()));
        assertEquals(ErrorReason.NOT_MAPPED, error.reason().orElseThrow());
        assertEquals(0, provider.calls());
    }
}
