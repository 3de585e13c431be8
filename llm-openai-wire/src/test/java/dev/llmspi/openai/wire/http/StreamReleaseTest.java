package dev.llmspi.openai.wire.http;

import static dev.llmspi.openai.wire.http.StreamReplies.DONE;
import static dev.llmspi.openai.wire.http.StreamReplies.STOP;
import static dev.llmspi.openai.wire.http.StreamReplies.TEXT;
import static dev.llmspi.openai.wire.http.StreamReplies.events;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.Bench;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that a stream releases its connection, no matter how the stream ends. */
@Timeout(20)
class StreamReleaseTest {

    /** The stream is not closed: its end alone must release the connection. */
    @Test
    void collect_doneWhileTheBodyStaysOpen_closesTheConnection() throws Exception {
        try (Bench bench = Bench.replying(events(TEXT, STOP, DONE))) {
            assertEquals("Hi", bench.stream().collect().text());
            bench.server.awaitClientsGone(1);
        }
    }

    @Test
    void collect_doneAndTheBodyEnds_connectionIsReused() {
        try (Bench bench =
                Bench.replying(events(TEXT + STOP + DONE + "data: {\"garbage").end())) {
            bench.server.repeat();
            for (int i = 0; i < 3; i++) {
                assertEquals("Hi", bench.stream().collect().text());
            }
            assertEquals(1, bench.server.connections());
        }
    }

    /** A way to end a stream that another thread is reading. */
    private interface Ending {
        void end(ChatStream stream, Cancellation cancellation, Thread reader);
    }

    private static RuntimeException readerFailure(Ending ending) throws Exception {
        try (Bench bench = Bench.replying(events(TEXT))) {
            Cancellation cancellation = Cancellation.create();
            ChatStream stream = bench.stream(
                    CallContext.builder().cancellation(cancellation).build());
            CountDownLatch reading = new CountDownLatch(1);
            CompletableFuture<RuntimeException> failure = new CompletableFuture<>();
            Thread reader = new Thread(() -> failure.complete(
                    assertThrows(RuntimeException.class, () -> stream.forEachText(text -> reading.countDown()))));
            reader.start();
            reading.await();
            ending.end(stream, cancellation, reader);

            bench.server.awaitClientsGone(1);
            assertEquals(1, bench.server.posts());
            return failure.get();
        }
    }

    private static void assertCancelled(RuntimeException failure) {
        LlmException error = assertInstanceOf(LlmException.class, failure);
        assertEquals(Optional.of(ErrorReason.CANCELLED), error.reason());
        assertEquals(ErrorKind.CONNECTION, error.kind());
    }

    @Test
    void cancel_whileReading_closesTheConnection() throws Exception {
        assertCancelled(readerFailure((stream, cancellation, reader) -> cancellation.cancel()));
    }

    /** llm-core cancels the call when the reading thread is interrupted. */
    @Test
    void cancel_ofAnInterruptedReader_closesTheConnection() throws Exception {
        assertCancelled(readerFailure((stream, cancellation, reader) -> {
            reader.interrupt();
            cancellation.cancel();
        }));
    }

    @Test
    void close_fromAnotherThread_closesTheConnection() throws Exception {
        assertInstanceOf(CancellationException.class, readerFailure((stream, cancellation, reader) -> stream.close()));
    }

    @Test
    void close_twiceAndWithoutReading_closesTheConnection() throws Exception {
        try (Bench bench = Bench.replying(events(TEXT))) {
            ChatStream stream = bench.stream();
            stream.iterator().next();
            stream.close();
            stream.close();
            bench.server.awaitClientsGone(1);
        }
    }

    @Test
    void providerClose_whileStreaming_cancelsTheStream() throws Exception {
        try (Bench bench = Bench.replying(events(TEXT))) {
            Iterator<ChatStreamEvent> events = bench.stream().iterator();
            events.next();
            bench.provider.close();

            bench.server.awaitClientsGone(1);
            LlmException error = assertThrows(LlmException.class, events::next);
            assertEquals(Optional.of(ErrorReason.CANCELLED), error.reason());
        }
    }
}
