package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** However an attempt ends: it is listed once, told once, named rightly, and what it held is let go. */
class AttemptEndTest {

    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .listener(listener)
                .timeSource(ManualTimeSource.create())
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.max-retries", 0);
    }

    /** A stream that notes that it was closed. */
    private static final class Watched implements ChatStream.Source {
        private final Deque<Supplier<ChatStreamEvent>> events;
        private int closed;

        Watched(List<Supplier<ChatStreamEvent>> events) {
            this.events = new ArrayDeque<>(events);
        }

        @Override
        public ChatStreamEvent next() {
            Supplier<ChatStreamEvent> event = events.poll();
            return event == null ? null : event.get();
        }

        @Override
        public void close() {
            closed++;
            throw new IllegalStateException("cannot be closed");
        }
    }

    private LlmClient streaming(Watched source) {
        return LlmClient.builder()
                .listener(listener)
                .provider(new LlmProviderDecorator(provider) {
                    @Override
                    public ChatStream stream(ChatRequest request, CallContext context) {
                        return ChatStream.of("p", source);
                    }
                })
                .chain("default", "p")
                .set("llm.retry.max-retries", 0)
                .build();
    }

    private static ChatStreamEvent broken() {
        throw new IllegalStateException("bug");
    }

    private LlmException failure(Watched source) {
        try (LlmClient client = streaming(source)) {
            return assertThrows(LlmException.class, () -> client.stream(ChatRequest.of("hi"))
                    .collect());
        }
    }

    @Test
    void stream_failsBeforeOrAfterContent_isClosedAndKeepsItsOwnError() {
        for (Watched source : List.of(
                new Watched(List.of(AttemptEndTest::broken)),
                new Watched(List.of(() -> text("a"), AttemptEndTest::broken)),
                new Watched(List.of()),
                new Watched(List.of(() -> text("a"))))) {
            listener.clear();
            LlmException error = failure(source);
            assertEquals(ErrorKind.SERVICE, error.kind());
            assertTrue(source.closed > 0);
            assertEquals(
                    1, listener.events(CallFinished.class).get(0).attempts().size());
            assertEquals(1, listener.events(AttemptFinished.class).size());
        }
    }

    @Test
    void stream_closedByItsReader_endsTheAttemptAndItsContext() {
        provider.streamsThenHangs(text("a"), text("b"));
        try (LlmClient client = builder().build()) {
            ChatStream stream = client.stream(ChatRequest.of("hi"));
            assertEquals(text("a"), stream.iterator().next());
            assertFalse(provider.contexts().get(0).cancellation().isCancelled());
            stream.close();
            assertTrue(provider.contexts().get(0).cancellation().isCancelled());
            stream.close();
        }
        List<Attempt> attempts = listener.events(CallFinished.class).get(0).attempts();
        assertEquals(1, attempts.size());
        assertEquals(Attempt.Outcome.CANCELLED, attempts.get(0).outcome());
        assertEquals(Optional.of(ErrorReason.CANCELLED), attempts.get(0).reason());
    }

    @Test
    void stream_closedByItsReader_closesTheProvidersStream() {
        Watched source = new Watched(List.of(() -> text("a"), () -> text("b")));
        try (LlmClient client = streaming(source)) {
            ChatStream stream = client.stream(ChatRequest.of("hi"));
            stream.iterator().next();
            assertEquals(0, source.closed);
            stream.close(); // whatever the provider's throws
            assertEquals(1, source.closed);
        }
    }

    @Test
    void stream_finished_letsTheProvidersStreamGoAtOnce() {
        Watched source = new Watched(List.of(() -> text("a"), () -> ChatStreamEvent.Finish.of(FinishReason.STOP)));
        try (LlmClient client = streaming(source)) {
            Iterator<ChatStreamEvent> events =
                    client.stream(ChatRequest.of("hi")).iterator();
            events.next();
            assertEquals(0, source.closed);
            assertEquals(ChatStreamEvent.Finish.of(FinishReason.STOP), events.next()); // whatever its close throws
            assertEquals(1, source.closed);
        }
    }

    @Test
    void outOfMemory_isListedAndToldAndComesOut() {
        OutOfMemoryError trouble = new OutOfMemoryError("no room");
        provider.throwing(trouble).repeat();
        try (LlmClient client = builder()
                .set("llm.limits.max-concurrent", 1)
                .set("llm.timeouts.total", "1s")
                .build()) {
            for (int i = 0; i < 2; i++) { // the second has the place of the first
                assertSame(trouble, assertThrows(OutOfMemoryError.class, () -> client.chat("hi")));
            }
            assertSame(trouble, assertThrows(OutOfMemoryError.class, () -> client.stream(ChatRequest.of("hi"))
                    .collect()));
            assertTrue(client.shutdown(Duration.ofSeconds(5)));
        }
        assertEquals(3, listener.events(AttemptStarted.class).size());
        assertEquals(3, listener.events(AttemptFinished.class).size());
        for (CallFinished call : listener.events(CallFinished.class)) {
            assertEquals(1, call.attempts().size());
            assertEquals(
                    Optional.of(ErrorReason.PROVIDER_FAULT),
                    call.attempts().get(0).reason());
        }
        assertTrue(provider.contexts().stream()
                .allMatch(context -> context.cancellation().isCancelled()));
    }

    @Test
    void error_namesItsProviderOnceAndItsEntryNotAtAll() {
        provider.fails(LlmException.builder(ErrorKind.MODEL).message("gone").build())
                .fails(LlmException.builder(ErrorKind.MODEL)
                        .message("provider \"p\": gone")
                        .build())
                .fails(LlmException.builder(ErrorKind.MODEL)
                        .provider("p")
                        .model("m")
                        .message("as the provider says it")
                        .build())
                .fails(LlmException.builder(ErrorKind.MODEL)
                        .provider("p")
                        .message("without a model")
                        .build());
        try (LlmClient client = builder().build()) {
            for (String expected : List.of(
                    "provider \"p\": gone",
                    "provider \"p\": gone",
                    "as the provider says it",
                    "provider \"p\": without a model")) {
                LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
                assertEquals(expected, error.getMessage());
                assertEquals("p", error.provider());
                assertTrue(error.model().isPresent());
                assertEquals(
                        expected.replace("provider \"p\": ", ""),
                        error.attempts().get(0).message());
            }
        }
    }

    @Test
    void retryScheduled_tellsTheAttemptAndTheWait() {
        provider.fails(ErrorKind.SERVICE).answers("hello");
        try (LlmClient client = builder().set("llm.retry.max-retries", 1).build()) {
            Attempt second = client.chat("hi").attempts().get(1);
            RetryScheduled told = listener.events(RetryScheduled.class).get(0);
            assertEquals(Duration.ofMillis(1_500), told.delay());
            assertEquals(Optional.of(ErrorKind.SERVICE), told.failed().kind());
            assertEquals(Duration.ofMillis(1_500), second.waitBefore());
            assertEquals(2, second.number());
        }
    }
}
