package dev.llmspi.core.call;

import static dev.llmspi.core.Bench.HELLO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.Bench;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.core.health.KeysAhead;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests attempt decorators that call a provider by its name. */
@Timeout(60)
class NestedAttemptTest {

    private final ScriptedProvider provider = ScriptedProvider.named("p");
    private final ScriptedProvider helper = ScriptedProvider.named("helper");
    private final Bench bench = new Bench(provider, helper);
    private final ManualTimeSource time = bench.time;
    private final RecordingListener listener = bench.listener;
    private LlmClient client;

    private LlmClientBuilder builder() {
        return bench.builder().chain("default", "p");
    }

    @AfterEach
    void close() {
        client.close();
    }

    /**
     * Creates a client with a decorator around attempts at "p" that first calls "helper". An attempt at "p" has a
     * timeout of 20 s, and a call to "helper" alone would have 60 s.
     *
     * @param before how long the attempt at "p" runs before it calls "helper"
     */
    private LlmClient clientThatCallsAHelper(Duration before) {
        return builder()
                .text("llm { timeouts.attempt = 20s, retry.max-retries = 0 }", "test")
                .text("llm.providers.helper.timeouts.attempt = 60s", "test")
                .wrapAttempts(inner -> inner.name().equals("helper") ? inner : callingTheHelper(inner, before))
                .build();
    }

    private LlmProvider callingTheHelper(LlmProvider inner, Duration before) {
        return new LlmProviderDecorator(inner) {
            @Override
            public ChatResponse chat(ChatRequest request, CallContext context) {
                time.advance(before);
                client.registry().get("helper").chat(request, context);
                return inner().chat(request, context);
            }

            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                time.advance(before);
                client.registry().get("helper").stream(request, context).collect();
                return inner().stream(request, context);
            }
        };
    }

    private void silent(ScriptedProvider silent, long seconds) {
        silent.then((request, context) -> {
            throw Silence.pass(Duration.ofSeconds(seconds), time, context);
        });
    }

    @Test
    void chat_byNameFromAnAttempt_timeoutOfThatAttemptStillEndsIt() {
        helper.then((request, context) -> {
            time.advance(Duration.ofSeconds(5));
            return ScriptedProvider.named("helper").answers("helped").chat(request, context);
        });
        silent(provider, 15);
        client = clientThatCallsAHelper(Duration.ZERO);
        LlmException error = assertThrows(LlmException.class, () -> client.chat(HELLO));
        assertEquals(Optional.of(ErrorReason.ATTEMPT_TIMEOUT), error.reason());
        assertEquals(
                List.of("helper", "p"),
                error.attempts().stream().map(Attempt::provider).toList());
        assertEquals(List.of(Attempt.Outcome.SUCCESS, Attempt.Outcome.ERROR), bench.outcomes());
    }

    @Test
    void stream_byNameFromAnAttempt_timeoutOfThatAttemptStillEndsIt() {
        helper.streamsText("helped");
        silent(provider, 15);
        client = clientThatCallsAHelper(Duration.ofSeconds(5));
        LlmException error =
                assertThrows(LlmException.class, () -> client.stream(HELLO).collect());
        assertEquals(Optional.of(ErrorReason.ATTEMPT_TIMEOUT), error.reason());
        assertEquals(List.of(Attempt.Outcome.SUCCESS, Attempt.Outcome.ERROR), bench.outcomes());
    }

    @Test
    void chat_byNameFromAnAttempt_hasTheTimeThatTheAttemptHasLeft() {
        List<Duration> remaining = new ArrayList<>();
        helper.then((request, context) -> {
            remaining.add(context.remaining());
            return ScriptedProvider.named("helper").answers("helped").chat(request, context);
        });
        provider.answers("answer");
        client = clientThatCallsAHelper(Duration.ofSeconds(5));
        assertEquals("answer", client.chat(HELLO).text());
        assertEquals(List.of(Duration.ofSeconds(15)), remaining);
    }

    @Test
    void chat_byNameFromAnAttemptWhoseTimeExpires_endsBoth() {
        silent(helper, 15);
        client = clientThatCallsAHelper(Duration.ofSeconds(5));
        LlmException error = assertThrows(LlmException.class, () -> client.chat(HELLO));
        assertEquals(ErrorKind.TIMEOUT, error.kind());
        assertEquals(
                List.of("helper", "p"),
                error.attempts().stream().map(Attempt::provider).toList());
        // The helper's own timeout expires at the same moment as that of the attempt, which cancels it. Either may be
        // first.
        assertNotEquals(Attempt.Outcome.SUCCESS, bench.outcomes().get(0));
        assertEquals(Attempt.Outcome.ERROR, bench.outcomes().get(1));
        assertEquals(0, provider.calls());
    }

    @Test
    void keysAhead_ofTheOuterCall_areNotThoseOfACallWithinIt() {
        AtomicBoolean separate = new AtomicBoolean();
        helper.then((request, context) -> {
            ActiveCall nested = ((AttemptExecution) context).call();
            nested.root().keysAhead = new KeysAhead();
            separate.set(nested != nested.root() && nested.calls().keysAhead(context) == null);
            return ScriptedProvider.named("helper").answers("helped").chat(request, context);
        });
        provider.answers("hello");
        client = clientThatCallsAHelper(Duration.ZERO);
        client.chat(HELLO);
        assertTrue(separate.get());
    }

    @Test
    void endAttempts_ofACallWithinAnother_abandonsOnlyItsOwn() {
        List<AttemptExecution> abandoned = new ArrayList<>();
        helper.then((request, context) -> {
            ActiveCall nested = ((AttemptExecution) context).call();
            assertEquals(2, nested.history().running().size());
            nested.endAttempts();
            abandoned.addAll(nested.history().abandoned());
            return ScriptedProvider.named("helper").answers("helped").chat(request, context);
        });
        client = clientThatCallsAHelper(Duration.ZERO);
        assertThrows(LlmException.class, () -> client.chat(HELLO));
        assertEquals(
                List.of("helper"),
                abandoned.stream().map(attempt -> attempt.target().name()).toList());
    }
}
