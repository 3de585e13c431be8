package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Providers and decorators whose streams are not what they should be, and decorators whose are. */
class MisbehavingStreamTest {

    private final ManualTimeSource time = ManualTimeSource.create();
    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second = ScriptedProvider.named("second");

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .timeSource(time)
                .listener(listener)
                .provider(first)
                .provider(second)
                .chain("default", "first", "second")
                .set("llm.retry.max-retries", 0);
    }

    private static ChatResponse collect(LlmClient client, ChatRequest request) {
        return client.stream(request).collect();
    }

    @Test
    void stream_providerGivesNull_isItsFaultAndNextAnswers() {
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
    void stream_providerThrowsWhatItShouldNotInMidStream_isAServiceErrorWithWhatWasDelivered() {
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

    /** One piece of text, then a bug. */
    private static final class FaultySource implements ChatStream.Source {
        private boolean said;

        @Override
        public ChatStreamEvent next() {
            if (said) {
                throw new IllegalStateException("bug");
            }
            said = true;
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
    void stream_providerFailsToClose_theAnswerIsWholeAllTheSame() {
        LlmClient client = builder().wrapAttempts(FAILS_TO_CLOSE).build();
        assertEquals("a", collect(client, ChatRequest.of("hi")).text());
        assertTrue(client.shutdown(Duration.ZERO));
        assertEquals(
                Attempt.Outcome.SUCCESS,
                listener.events(CallFinished.class).get(0).outcome());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stream_closedByItsReaderWhileThatFails_theCallEnds(boolean aroundCalls) {
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
    void wrapCalls_aroundAStream_seesItsEvents() {
        first.streamsText("a", "b");
        UnaryOperator<LlmProvider> shouting = inner -> new LlmProviderDecorator(inner) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return shouted(inner().stream(request, context));
            }
        };
        try (LlmClient client = builder().wrapCalls(shouting).build()) {
            ChatResponse answer = collect(client, ChatRequest.of("hi"));
            assertEquals("AB", answer.text());
            assertEquals("first", answer.provider());
            assertEquals(1, answer.attempts().size());
        }
    }

    private static ChatStream shouted(ChatStream stream) {
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
            public ChatResponse describe(ChatResponse answer) {
                return stream.describe(answer);
            }

            @Override
            public void close() {
                stream.close();
            }
        });
    }

    @Test
    void wrapCalls_givesNullOrACutStream_isAnErrorAndNoQuietEnd() {
        for (ChatStream.Source broken : new ChatStream.Source[] {null, new Empty()}) {
            try (LlmClient client = builder()
                    .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                        @Override
                        public ChatStream stream(ChatRequest request, CallContext context) {
                            return broken == null ? null : ChatStream.of("", broken);
                        }
                    })
                    .build()) {
                assertThrows(LlmServiceException.class, () -> collect(client, ChatRequest.of("hi")));
            }
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
    void wrapCalls_refusesAStream_beforeAnyAttempt() {
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
