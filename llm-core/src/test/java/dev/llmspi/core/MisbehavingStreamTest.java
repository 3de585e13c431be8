package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Named.named;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmInvalidRequestException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests stream decorators, and providers and decorators whose streams break their contract. */
class MisbehavingStreamTest {

    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second = ScriptedProvider.named("second");
    private final Bench bench = new Bench(first, second);
    private final ManualTimeSource time = bench.time;
    private final RecordingListener listener = bench.listener;

    private LlmClientBuilder builder() {
        return bench.builder().set("llm.retry.max-retries", 0);
    }

    private static ChatResponse collect(LlmClient client, ChatRequest request) {
        return client.stream(request).collect();
    }

    @Test
    void stream_providerReturnsNull_isItsFaultAndTheNextLinkAnswers() {
        second.streamsText("hello");
        LlmProvider nothing = new LlmProviderDecorator(ScriptedProvider.named("nothing")) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return null;
            }
        };
        try (LlmClient client = builder()
                .provider(nothing)
                .chain("default", "nothing", "second")
                .build()) {
            ChatResponse answer = collect(client, ChatRequest.of("hi"));
            assertEquals("second", answer.provider());
            assertEquals(
                    ErrorReason.PROVIDER_FAULT,
                    answer.attempts().get(0).reason().orElseThrow());
        }
    }

    @Test
    void stream_providerThrowsAnUnexpectedExceptionInMidStream_errorCarriesTheDeliveredContent() {
        first.then((request, context) -> null);
        LlmProvider faulty = new LlmProviderDecorator(first) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return ChatStream.of("first", new FaultySource());
            }
        };
        try (LlmClient client =
                LlmClient.builder().provider(faulty).chain("default", "first").build()) {
            LlmServiceException error =
                    assertThrows(LlmServiceException.class, () -> collect(client, ChatRequest.of("hi")));
            assertEquals(ErrorReason.PROVIDER_FAULT, error.reason().orElseThrow());
            assertInstanceOf(IllegalStateException.class, error.getCause());
            assertEquals("a", error.partial().orElseThrow().text());
        }
    }

    /** A source that delivers one piece of text and then throws an exception. */
    private static final class FaultySource implements ChatStream.Source {
        private boolean delivered;

        @Override
        public ChatStreamEvent next() {
            if (delivered) {
                throw new IllegalStateException("bug");
            }
            delivered = true;
            return text("a");
        }

        @Override
        public void close() {}
    }

    private static ChatStream failingToClose() {
        Iterator<ChatStreamEvent> events = List.of(text("a"), StreamTest.FINISH).iterator();
        return ChatStream.of("first", new ChatStream.Source() {
            @Override
            public ChatStreamEvent next() {
                return events.next();
            }

            @Override
            public void close() {
                throw new IllegalStateException("bug");
            }
        });
    }

    private static final UnaryOperator<LlmProvider> FAILS_TO_CLOSE = inner -> new LlmProviderDecorator(inner) {
        @Override
        public ChatStream stream(ChatRequest request, CallContext context) {
            return failingToClose();
        }
    };

    @Test
    void stream_closeOfTheProviderThrows_answerIsComplete() {
        LlmClient client = builder().wrapAttempts(FAILS_TO_CLOSE).build();
        assertEquals("a", collect(client, ChatRequest.of("hi")).text());
        assertTrue(client.shutdown(Duration.ZERO));
        assertEquals(
                Attempt.Outcome.SUCCESS,
                listener.events(CallFinished.class).get(0).outcome());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stream_closedByItsReaderAndCloseThrows_callEnds(boolean aroundCalls) {
        LlmClient client = aroundCalls
                ? builder().wrapCalls(FAILS_TO_CLOSE).build()
                : builder().wrapAttempts(FAILS_TO_CLOSE).build();
        try (ChatStream stream = client.stream(ChatRequest.of("hi"))) {
            assertEquals(text("a"), stream.iterator().next());
        }
        assertTrue(client.shutdown(Duration.ZERO));
        assertEquals(
                Attempt.Outcome.CANCELLED,
                listener.events(CallFinished.class).get(0).outcome());
    }

    @Test
    void wrapCalls_decoratorChangesTheEvents_readerSeesTheChange() {
        first.streamsText("a", "b");
        UnaryOperator<LlmProvider> upperCase = inner -> new LlmProviderDecorator(inner) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return inUpperCase(inner().stream(request, context));
            }
        };
        try (LlmClient client = builder().wrapCalls(upperCase).build()) {
            ChatResponse answer = collect(client, ChatRequest.of("hi"));
            assertEquals("AB", answer.text());
            assertEquals("first", answer.provider());
            assertEquals(1, answer.attempts().size());
        }
    }

    private static ChatStream inUpperCase(ChatStream stream) {
        var events = stream.iterator();
        return ChatStream.of("", new ChatStream.Source() {
            @Override
            public ChatStreamEvent next() {
                ChatStreamEvent event = events.hasNext() ? events.next() : null;
                return event instanceof ChatStreamEvent.TextDelta delta
                        ? text(delta.text().toUpperCase())
                        : event;
            }

            @Override
            public void close() {
                stream.close();
            }
        });
    }

    static Stream<Named<Supplier<@Nullable ChatStream>>> brokenStreams() {
        return Stream.of(
                named("null", () -> null), named("a stream without events", () -> ChatStream.of("", new Empty())));
    }

    @ParameterizedTest
    @MethodSource("brokenStreams")
    void wrapCalls_decoratorReturnsABrokenStream_isAnError(Supplier<@Nullable ChatStream> broken) {
        UnaryOperator<LlmProvider> breaking = inner -> new LlmProviderDecorator(inner) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return broken.get();
            }
        };
        try (LlmClient client = builder().wrapCalls(breaking).build()) {
            assertThrows(LlmServiceException.class, () -> collect(client, ChatRequest.of("hi")));
        }
    }

    private static final class Empty implements ChatStream.Source {
        @Override
        public ChatStreamEvent next() {
            return null;
        }

        @Override
        public void close() {}
    }

    @Test
    void wrapCalls_decoratorRefusesAStream_makesNoAttempt() {
        UnaryOperator<LlmProvider> refusing = inner -> new LlmProviderDecorator(inner) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                throw LlmInvalidRequestException.builder()
                        .message("over budget")
                        .build();
            }
        };
        try (LlmClient client = builder().wrapCalls(refusing).build()) {
            LlmException error =
                    assertThrows(LlmInvalidRequestException.class, () -> collect(client, ChatRequest.of("hi")));
            assertEquals(32, error.callId().length());
        }
        assertEquals(0, first.calls());
    }
}
