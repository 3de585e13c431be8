package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmInvalidRequestException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that a call continues, and that errors name the culprit, if a provider, listener or decorator is broken. */
class MisbehavingTest {

    private final ScriptedProvider second =
            ScriptedProvider.named("second").answers("hello").repeat();

    private LlmClientBuilder builder(ScriptedProvider first) {
        return LlmClient.builder().provider(first).provider(second).chain("default", "first", "second");
    }

    static Stream<Throwable> thrown() {
        return Stream.of(
                new IllegalStateException("bug"),
                new NoClassDefFoundError("gone/Missing"),
                new StackOverflowError(),
                new AssertionError("oops"),
                new java.io.IOException("a checked exception, which other JVM languages do not declare"));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void chat_providerThrowsAnUnexpectedException_isNotRetriedAndTheNextLinkAnswers(Throwable thrown) {
        ScriptedProvider first = ScriptedProvider.named("first").throwing(thrown);
        try (LlmClient client = builder(first).build()) {
            ChatResponse response = client.chat("hi");
            assertEquals("second", response.provider());
            assertEquals(1, first.calls());
            assertEquals(
                    ErrorReason.PROVIDER_FAULT,
                    response.attempts().get(0).reason().orElseThrow());
        }
    }

    @Test
    void chat_outOfMemory_isRethrown() {
        ScriptedProvider first = ScriptedProvider.named("first").throwing(new OutOfMemoryError("test"));
        try (LlmClient client = builder(first).build()) {
            assertThrows(OutOfMemoryError.class, () -> client.chat("hi"));
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_providerReturnsNull_isAServiceErrorThatNamesTheProvider() {
        ScriptedProvider first = ScriptedProvider.named("first").then((request, context) -> null);
        try (LlmClient client = builder(first).build()) {
            CallOptions alone = CallOptions.builder().provider("first").build();
            LlmServiceException error =
                    assertThrows(LlmServiceException.class, () -> client.chat(ChatRequest.of("hi"), alone));
            assertTrue(error.getMessage().startsWith("provider \"first\": "), error.getMessage());
            assertEquals(1, error.attempts().size());
        }
    }

    @Test
    void listener_throws_doesNotAffectTheCall() {
        ScriptedProvider first = ScriptedProvider.named("first").answers("hello");
        LlmListener broken = new LlmListener() {
            @Override
            public LlmListener callStarted(CallStarted event) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
                throw new NoClassDefFoundError("broken");
            }

            @Override
            public void callFinished(CallFinished event) {
                throw new AssertionError("broken");
            }
        };
        try (LlmClient client = builder(first).listener(broken).build()) {
            assertEquals("hello", client.chat("hi").text());
        }
    }

    @Test
    void listener_outOfMemoryInCooldownChanged_slotAndAttemptAreReleased() {
        ScriptedProvider first = ScriptedProvider.named("first")
                .fails(ErrorKind.AUTHENTICATION)
                .answers("hello")
                .repeat();
        List<CallFinished> finished = new ArrayList<>();
        LlmListener exhausted = new LlmListener() {
            @Override
            public void cooldownChanged(CooldownChanged event) {
                throw new OutOfMemoryError("test");
            }

            @Override
            public void callFinished(CallFinished event) {
                finished.add(event);
            }
        };
        try (LlmClient client = builder(first)
                .listener(exhausted)
                .set("llm.limits.max-concurrent", 1)
                .build()) {
            CallOptions alone = CallOptions.builder()
                    .provider("first")
                    .timeout(Duration.ofSeconds(5))
                    .build();
            for (int i = 0; i < 2; i++) { // once when the cooldown begins and once when it ends
                assertThrows(OutOfMemoryError.class, () -> client.chat(ChatRequest.of("hi"), alone));
                assertEquals(1, finished.get(i).attempts().size());
            }
            assertEquals("hello", client.chat(ChatRequest.of("hi"), alone).text());
        }
    }

    @Test
    void listener_header_reachesTheContextUnlessItIsInvalid() {
        ScriptedProvider first = ScriptedProvider.named("first").answers("hello");
        LlmListener tracing = new LlmListener() {
            @Override
            public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
                headers.accept("traceparent", "00-1");
                headers.accept("bad", "a\r\nb");
            }
        };
        try (LlmClient client = builder(first).listener(tracing).build()) {
            CallOptions options = CallOptions.builder().header("X-Mine", "1").build();
            client.chat(ChatRequest.of("hi"), options);
            assertEquals(
                    java.util.Map.of("traceparent", "00-1", "X-Mine", "1"),
                    first.contexts().get(0).headers());
        }
    }

    @Test
    void wrapCalls_decoratorRefuses_makesNoAttempt() {
        ScriptedProvider first = ScriptedProvider.named("first");
        try (LlmClient client = builder(first).wrapCalls(Refusing::new).build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertInstanceOf(LlmInvalidRequestException.class, error);
            assertEquals(0, first.calls() + second.calls());
            assertEquals(32, error.callId().length());
        }
    }

    @Test
    void wrapAttempts_decoratorRefuses_everyAttemptFails() {
        ScriptedProvider first = ScriptedProvider.named("first").answers("never");
        try (LlmClient client = builder(first).wrapAttempts(Refusing::new).build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(
                    List.of("first", "second"),
                    error.attempts().stream().map(Attempt::provider).toList());
            assertEquals(0, first.calls() + second.calls());
        }
    }

    private record Refusing(LlmProvider inner) implements LlmProvider {
        @Override
        public String name() {
            return inner.name();
        }

        @Override
        public ChatResponse chat(ChatRequest request, CallContext context) {
            throw LlmException.builder(ErrorKind.INVALID_REQUEST)
                    .message("over budget")
                    .build();
        }
    }

    @Test
    @Tag("fault-9.3")
    void build_noProvider_errorSaysSo() {
        LlmConfigException error =
                assertThrows(LlmConfigException.class, () -> LlmClient.builder().build());
        assertTrue(error.getMessage().contains("no provider jar was found"), error.getMessage());
    }

    @Test
    void build_unknownType_errorNamesIt() {
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmClient.builder()
                .provider("x", p -> p.type("openruter"))
                .build());
        assertTrue(error.getMessage().contains("unknown type \"openruter\""), error.getMessage());
    }

    @Test
    void onCancel_actionThrows_stopsNeitherTheWatchdogNorOtherCalls() {
        ScriptedProvider silent = ScriptedProvider.named("silent").hangs().repeat();
        ScriptedProvider first = ScriptedProvider.named("first")
                .then((request, context) -> {
                    context.cancellation().onCancel(() -> {
                        throw new IllegalStateException("broken");
                    });
                    return silent.chat(request, context);
                })
                .repeat();
        try (LlmClient client = builder(first)
                .set("llm.timeouts.attempt", "50ms")
                .set("llm.retry.max-retries", 0)
                .build()) {
            for (int call = 0; call < 3; call++) {
                ChatResponse response = client.chat("hi");
                assertEquals("second", response.provider());
                assertEquals(
                        ErrorReason.ATTEMPT_TIMEOUT,
                        response.attempts().get(0).reason().orElseThrow());
            }
        }
    }

    @Test
    void build_settingsAndAnotherSource_isRefused() {
        LlmClientBuilder both = builder(ScriptedProvider.named("first"))
                .settings(LlmSettings.builder().build());
        assertThrows(IllegalStateException.class, both::build);
    }

    static Stream<RuntimeException> errorsOfADecorator() {
        return Stream.of(
                new IllegalStateException("bug of a decorator"),
                LlmException.builder(ErrorKind.INVALID_REQUEST)
                        .message("over budget")
                        .build());
    }

    @ParameterizedTest
    @MethodSource("errorsOfADecorator")
    void callFinished_decoratorOfCallsThrows_reportsTheError(RuntimeException thrown) {
        RecordingListener listener = RecordingListener.create();
        try (LlmClient client = builder(ScriptedProvider.named("first"))
                .listener(listener)
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatResponse chat(ChatRequest request, CallContext context) {
                        throw thrown;
                    }
                })
                .build()) {
            assertThrows(thrown.getClass(), () -> client.chat("hi"));
        }
        CallFinished finished = listener.events(CallFinished.class).get(0);
        assertEquals(Attempt.Outcome.ERROR, finished.outcome());
        assertEquals(thrown.getMessage(), finished.error().orElseThrow().getMessage());
    }
}
