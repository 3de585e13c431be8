package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Providers, listeners and decorators that do what they should not: the call goes on, and it is said who it was. */
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
                new java.io.IOException("a checked exception, as other languages of the JVM let through"));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void chat_providerThrowsWhatItShouldNot_isAServiceErrorNotRetriedAndNextAnswers(Throwable thrown) {
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
    void chat_outOfMemory_isNotSwallowed() {
        ScriptedProvider first = ScriptedProvider.named("first").throwing(new OutOfMemoryError("test"));
        try (LlmClient client = builder(first).build()) {
            assertThrows(OutOfMemoryError.class, () -> client.chat("hi"));
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_providerReturnsNull_isAServiceErrorWithItsCause() {
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
    void listener_throws_changesNothing() {
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
    void listener_outOfMemoryWhileItHearsOfHealth_keepsNoPlaceAndNoAttemptBack() {
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
            for (int i = 0; i < 2; i++) { // when the cooldown begins, and when it ends
                assertThrows(OutOfMemoryError.class, () -> client.chat(ChatRequest.of("hi"), alone));
                assertEquals(1, finished.get(i).attempts().size());
            }
            assertEquals("hello", client.chat(ChatRequest.of("hi"), alone).text());
        }
    }

    @Test
    void listener_header_reachesTheContextUnlessItCannotStandInARequest() {
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
    void wrapCalls_mayRefuse_beforeAnyAttempt() {
        ScriptedProvider first = ScriptedProvider.named("first");
        try (LlmClient client = builder(first).wrapCalls(Refusing::new).build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertInstanceOf(LlmInvalidRequestException.class, error);
            assertEquals(0, first.calls() + second.calls());
            assertEquals(32, error.callId().length());
        }
    }

    @Test
    void wrapAttempts_isAroundEveryAttempt() {
        ScriptedProvider first = ScriptedProvider.named("first").answers("never");
        try (LlmClient client = builder(first).wrapAttempts(Refusing::new).build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals("first", error.attempts().get(0).provider());
            assertEquals(1, error.attempts().size());
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
    void build_withoutAnyProvider_saysSo() {
        LlmConfigException error =
                assertThrows(LlmConfigException.class, () -> LlmClient.builder().build());
        assertTrue(error.getMessage().contains("no provider jar was found"), error.getMessage());
    }

    @Test
    void build_blockOfUnknownType_namesWhatWasFound() {
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmClient.builder()
                .provider("x", p -> p.type("openruter"))
                .build());
        assertTrue(error.getMessage().contains("unknown type \"openruter\""), error.getMessage());
    }

    @Test
    void register_nameTwice_isRefused() {
        ScriptedProvider first = ScriptedProvider.named("first");
        try (LlmClient client = builder(first).build()) {
            assertThrows(
                    IllegalArgumentException.class, () -> client.registry().register(ScriptedProvider.named("first")));
        }
    }

    @Test
    void close_registeredProvider_staysItsOwners() {
        ScriptedProvider first = ScriptedProvider.named("first");
        builder(first).build().close();
        assertTrue(first.initialized());
        assertTrue(!first.closed());
    }

    @Test
    void onCancel_actionThatThrows_stopsNeitherTheWatchNorTheOtherCalls() {
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
    void wrapCalls_contextOfItsOwnWithTheCallsId_keepsTheCallersChoice() {
        ScriptedProvider first = ScriptedProvider.named("first");
        UnaryOperator<LlmProvider> relabelling = inner -> new LlmProviderDecorator(inner) {
            @Override
            public ChatResponse chat(ChatRequest request, CallContext context) {
                return inner().chat(
                                request,
                                CallContext.builder().callId(context.callId()).build());
            }
        };
        try (LlmClient client = builder(first).wrapCalls(relabelling).build()) {
            CallOptions options = CallOptions.builder().provider("second").build();
            ChatResponse response = client.chat(ChatRequest.of("hi"), options);
            assertEquals("second", response.provider());
            assertEquals(1, response.attempts().size());
        }
        assertEquals(0, first.calls());
    }

    @Test
    void registry_closed_doesNothing() {
        ScriptedProvider first = ScriptedProvider.named("first").answers("hello");
        try (LlmClient client = builder(first).build()) {
            client.registry().close();
            assertEquals("hello", client.chat("hi").text());
            assertEquals(2, client.registry().names().size());
        }
    }

    @Test
    void build_readySettingsAndAnotherSource_isRefused() {
        LlmClientBuilder both = builder(ScriptedProvider.named("first"))
                .settings(LlmSettings.builder().build());
        assertThrows(IllegalStateException.class, both::build);
    }
}
