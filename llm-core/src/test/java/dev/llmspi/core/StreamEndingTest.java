package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.FINISH;
import static dev.llmspi.core.StreamTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests how cancellation, interrupts and closing end a stream before its answer is complete. */
@Timeout(30)
class StreamEndingTest {

    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .listener(listener)
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.delay", "1ms")
                .set("llm.retry.max-delay", "1ms");
    }

    private static ChatStream ask(LlmClient client) {
        return client.stream(ChatRequest.of("hi"));
    }

    @Test
    void close_fromAnotherThread_wakesTheReaderAsCancelled() throws Exception {
        provider.streamsThenHangs(text("a"));
        LlmClient client = builder().build();
        ChatStream stream = ask(client);
        Reader reader = Reader.of(stream);
        reader.awaitText();
        stream.close();
        reader.awaitCancelled();
        assertTrue(stream.isCancelled());
        assertEquals("a", stream.partial().text());
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(1, provider.calls());
    }

    @Test
    void close_fromAnotherThread_isReportedOnceAsTheLastEvent() throws Exception {
        provider.streamsThenHangs(text("a"));
        try (LlmClient client = builder().build()) {
            ChatStream stream = ask(client);
            Reader reader = Reader.of(stream);
            reader.awaitText();
            stream.close();
            reader.awaitCancelled();
        }
        assertEquals(
                List.of("CallStarted", "AttemptStarted", "AttemptFinished", "CallFinished"),
                listener.events().stream()
                        .map(event -> event.getClass().getSimpleName())
                        .toList());
        CallFinished finished = listener.events(CallFinished.class).get(0);
        assertEquals(Attempt.Outcome.CANCELLED, finished.outcome());
        assertEquals(Attempt.Outcome.CANCELLED, finished.attempts().get(0).outcome());
    }

    @Test
    void close_beforeContent_wakesTheReaderAsCancelled() throws Exception {
        provider.streamsThenHangs();
        LlmClient client = builder().build();
        ChatStream stream = ask(client);
        Reader reader = Reader.of(stream);
        provider.awaitCalls(1);
        stream.close();
        reader.awaitCancelled();
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(1, provider.calls());
        CallFinished finished = listener.events(CallFinished.class).get(0);
        assertEquals(1, finished.attempts().size());
    }

    @Test
    void stream_readerIsInterrupted_endsAsCancelledWithTheFlagSet() throws Exception {
        provider.streamsThenHangs(text("a"));
        try (LlmClient client = builder().build()) {
            Reader reader = Reader.of(ask(client));
            reader.awaitText();
            reader.thread.interrupt();
            reader.awaitCancelled();
            assertTrue(reader.flag.get());
        }
        assertEquals(1, provider.calls());
    }

    @Test
    void stream_interruptFlagSetBeforeTheFirstRead_makesNoAttempt() {
        try (LlmClient client = builder().build()) {
            Thread.currentThread().interrupt();
            assertThrows(CancellationException.class, () -> ask(client).collect());
            assertTrue(Thread.interrupted());
        }
        assertEquals(0, provider.calls());
    }

    @Test
    void stream_cancelledBeforeTheFirstRead_makesNoAttempt() {
        Cancellation stop = Cancellation.create();
        try (LlmClient client = builder().build();
                ChatStream stream = client.stream(
                        ChatRequest.of("hi"),
                        CallOptions.builder().cancellation(stop).build())) {
            stop.cancel();
            assertThrows(CancellationException.class, stream::collect);
        }
        assertEquals(0, provider.calls());
    }

    @Test
    void stream_cancelledBetweenTwoReads_deliversNothingMore() {
        provider.streams(text("a"), text("b"), FINISH);
        Cancellation stop = Cancellation.create();
        try (LlmClient client = builder().build();
                ChatStream stream = client.stream(
                        ChatRequest.of("hi"),
                        CallOptions.builder().cancellation(stop).build())) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            events.next();
            stop.cancel();
            assertThrows(CancellationException.class, events::hasNext);
            assertEquals("a", stream.partial().text());
        }
        CallFinished finished = listener.events(CallFinished.class).get(0);
        assertEquals(Attempt.Outcome.CANCELLED, finished.attempts().get(0).outcome());
    }

    @Test
    void streamAsync_futureCancelled_endsTheAttempt() throws Exception {
        provider.streamsThenHangs(text("a"));
        LlmClient client = builder().build();
        CountDownLatch textArrived = new CountDownLatch(1);
        CompletableFuture<ChatResponse> future =
                client.streamAsync(ChatRequest.of("hi"), CallOptions.none(), new ChatStreamHandler() {
                    @Override
                    public void onText(String text) {
                        textArrived.countDown();
                    }
                });
        assertTrue(textArrived.await(10, TimeUnit.SECONDS));
        future.cancel(true);
        assertTrue(provider.contexts().get(0).cancellation().isCancelled());
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(1, provider.calls());
    }

    @Test
    void close_duringABackoff_endsTheCallWithoutAnotherAttempt() throws Exception {
        ManualTimeSource time = ManualTimeSource.create().blocking();
        provider.fails(ErrorKind.SERVICE).streamsText("never");
        LlmClient client = builder().timeSource(time).build();
        ChatStream stream = ask(client);
        Reader reader = Reader.of(stream);
        time.awaitSleeper();
        stream.close();
        reader.awaitCancelled();
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(1, provider.calls());
    }

    @Test
    void stream_clientIsClosed_wakesTheReaderAsCancelled() throws Exception {
        provider.streamsThenHangs(text("a"));
        LlmClient client = builder().build();
        Reader reader = Reader.of(ask(client));
        reader.awaitText();
        client.close();
        reader.awaitCancelled();
    }

    /** A thread that reads a stream to its end. */
    private static final class Reader {
        private final CountDownLatch textArrived = new CountDownLatch(1);
        private final AtomicReference<Throwable> thrown = new AtomicReference<>();
        private final AtomicBoolean flag = new AtomicBoolean();
        private final Thread thread;

        private Reader(ChatStream stream) {
            thread = new Thread(() -> {
                try {
                    stream.forEachText(text -> textArrived.countDown());
                } catch (Throwable e) {
                    thrown.set(e);
                    flag.set(Thread.currentThread().isInterrupted());
                }
            });
        }

        static Reader of(ChatStream stream) {
            Reader reader = new Reader(stream);
            reader.thread.start();
            return reader;
        }

        void awaitText() throws InterruptedException {
            assertTrue(textArrived.await(10, TimeUnit.SECONDS));
        }

        void awaitCancelled() throws InterruptedException {
            thread.join(10_000);
            assertInstanceOf(CancellationException.class, thrown.get());
        }
    }
}
