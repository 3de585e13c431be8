package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.it.timing.Stopwatch;
import dev.llmspi.testkit.loopback.LoopbackConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests stream readers that are slow, that throw exceptions, or that stop early. */
@Timeout(60)
class StreamReaderTest {

    private static final int PIECES = 1_000;
    private static final String PIECE = "x".repeat(32 * 1024);
    /** The maximum number of bytes expected in the socket buffers between server and client. */
    private static final long BUFFERS = 14L * 1024 * 1024;

    /** Sends 32 MB as fast as the client reads them, and counts the bytes. */
    private static final class Flood implements Reply {
        private final AtomicLong written = new AtomicLong();
        private final CountDownLatch sent = new CountDownLatch(1);

        @Override
        public void send(LoopbackConnection connection) throws IOException {
            StreamReply.chunked().role().perform(connection);
            StreamReply piece = StreamReply.further().text(PIECE);
            for (int i = 0; i < PIECES; i++) {
                piece.perform(connection);
                written.addAndGet(PIECE.length());
            }
            sent.countDown();
            StreamReply.further().finish("stop").done().perform(connection);
        }

        /** Checks that the server cannot continue sending while the reader pauses. */
        void assertHeldBack() throws InterruptedException {
            assertFalse(sent.await(500, TimeUnit.MILLISECONDS));
            assertTrue(written.get() < BUFFERS, () -> written + " bytes were taken in advance");
        }
    }

    /** Returns a bench with one provider whose bounds allow an answer of this size. */
    private static FaultBench reading(String provider) {
        return FaultBench.alone(provider)
                .set("llm.providers." + provider + ".bounds.text", 2 * PIECES * PIECE.length());
    }

    @Tag("fault-6.24")
    @Test
    void slowIteration_holdsTheServerBack() throws Exception {
        Flood flood = new Flood();
        try (FaultBench bench = reading("openrouter")) {
            bench.openrouter.then(flood);
            try (ChatStream stream = bench.client().stream(ChatRequest.of("hi"))) {
                Iterator<ChatStreamEvent> events = stream.iterator();
                assertEquals(new TextDelta(PIECE), events.next());
                flood.assertHeldBack();
                int pieces = 1;
                while (events.hasNext()) {
                    pieces += events.next() instanceof TextDelta ? 1 : 0;
                }
                assertEquals(PIECES, pieces);
            }
        }
    }

    @Tag("fault-6.24")
    @Test
    void slowHandler_holdsTheServerBack() throws Exception {
        Flood flood = new Flood();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ChatStreamHandler handler = new ChatStreamHandler() {
            @Override
            public void onText(String text) {
                first.countDown();
                awaitOpen(goOn);
            }
        };
        try (FaultBench bench = reading("portkey")) {
            bench.portkey.then(flood);
            CompletableFuture<ChatResponse> future =
                    bench.client().streamAsync(ChatRequest.of("hi"), CallOptions.none(), handler);
            assertTrue(first.await(10, TimeUnit.SECONDS));
            flood.assertHeldBack();
            goOn.countDown();
            assertEquals(
                    PIECES * PIECE.length(),
                    future.get(30, TimeUnit.SECONDS).text().length());
        }
    }

    @Tag("fault-6.24")
    @Test
    void slowSubscriber_holdsTheServerBack() throws Exception {
        Flood flood = new Flood();
        AtomicLong length = new AtomicLong();
        AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
        CountDownLatch first = new CountDownLatch(1);
        CompletableFuture<String> end = new CompletableFuture<>();
        try (FaultBench bench = reading("openrouter")) {
            bench.openrouter.then(flood);
            bench.client().publisher(ChatRequest.of("hi")).subscribe(new Subscriber() {
                @Override
                public void onSubscribe(Flow.Subscription given) {
                    subscription.set(given);
                    given.request(1);
                }

                @Override
                public void onNext(ChatStreamEvent event) {
                    length.addAndGet(
                            event instanceof TextDelta delta ? delta.text().length() : 0);
                    first.countDown();
                }

                @Override
                public void onError(Throwable error) {
                    end.completeExceptionally(error);
                }

                @Override
                public void onComplete() {
                    end.complete("complete");
                }
            });
            assertTrue(first.await(10, TimeUnit.SECONDS));
            flood.assertHeldBack();
            assertEquals(PIECE.length(), length.get());
            subscription.get().request(Long.MAX_VALUE);
            assertEquals("complete", end.get(30, TimeUnit.SECONDS));
            assertEquals((long) PIECES * PIECE.length(), length.get());
        }
    }

    /** Sends content and then keeps the connection open until the client disconnects. */
    private static final Reply OPEN = StreamReply.chunked().role().text("hel").text("lo");

    private interface Reading {
        void begin(FaultBench bench) throws Exception;
    }

    /**
     * Checks that the connection is closed at once, that no further attempt is made, and that the attempt does not
     * count as a failure of the provider.
     */
    private static void assertLetGo(Reading reading) throws Exception {
        CountDownLatch finished = new CountDownLatch(1);
        AtomicReference<CallFinished> told = new AtomicReference<>();
        LlmListener atTheEnd = new LlmListener() {
            @Override
            public void callFinished(CallFinished event) {
                told.set(event);
                finished.countDown();
            }
        };
        try (FaultBench bench = FaultBench.both().with(builder -> builder.listener(atTheEnd))) {
            bench.openrouter.always(OPEN);
            reading.begin(bench);
            Stopwatch watch = Stopwatch.start();
            bench.openrouter.awaitClientsGone(1);
            watch.assertAtMost(Duration.ofMillis(250), () -> "the end of the connection");
            assertTrue(finished.await(10, TimeUnit.SECONDS));
            assertEquals(1, told.get().attempts().size());
            assertEquals(Attempt.Outcome.CANCELLED, told.get().attempts().get(0).outcome());
            assertEquals(1, bench.openrouter.posts());
            assertEquals(0, bench.portkey.posts());
        }
    }

    @Tag("fault-6.25")
    @Test
    void readerThrows_getsItsExceptionBack() throws Exception {
        IllegalStateException own = new IllegalStateException("the reader's own");
        assertLetGo(bench -> assertSame(
                own, assertThrows(IllegalStateException.class, () -> bench.client().stream(ChatRequest.of("hi"))
                        .forEachText(text -> {
                            throw own;
                        }))));
    }

    @Tag("fault-6.25")
    @Test
    void handlerThrows_futureFailsWithItsException() throws Exception {
        IllegalStateException own = new IllegalStateException("the handler's own");
        ChatStreamHandler handler = new ChatStreamHandler() {
            @Override
            public void onText(String text) {
                throw own;
            }
        };
        assertLetGo(bench -> assertSame(
                own,
                assertThrows(
                                CompletionException.class,
                                bench.client().streamAsync(ChatRequest.of("hi"), CallOptions.none(), handler)::join)
                        .getCause()));
    }

    @Tag("fault-6.25")
    @Test
    void subscriberThrows_getsNoFurtherSignal() throws Exception {
        AtomicLong signals = new AtomicLong();
        CountDownLatch threw = new CountDownLatch(1);
        assertLetGo(bench -> {
            bench.client().publisher(ChatRequest.of("hi")).subscribe(new Subscriber() {
                @Override
                public void onNext(ChatStreamEvent event) {
                    signals.incrementAndGet();
                    threw.countDown();
                    throw new IllegalStateException("the subscriber's own");
                }

                @Override
                public void onError(Throwable error) {
                    signals.incrementAndGet();
                }
            });
            assertTrue(threw.await(10, TimeUnit.SECONDS));
        });
        assertEquals(1, signals.get());
    }

    @Tag("fault-6.26")
    @Test
    void readerLeavesEarly_connectionIsClosed() throws Exception {
        assertLetGo(bench -> {
            try (ChatStream stream = bench.client().stream(ChatRequest.of("hi"))) {
                for (ChatStreamEvent event : stream) {
                    assertEquals(new TextDelta("hel"), event);
                    break;
                }
            }
        });
    }

    /** The reader neither closes the stream nor continues reading, so the total timeout ends the call. */
    @Tag("fault-6.26")
    @Test
    void readerForgetsToClose_timeoutClosesTheConnection() throws Exception {
        CallOptions options =
                CallOptions.builder().timeout(Duration.ofSeconds(2)).build();
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(OPEN);
            for (int i = 1; i <= 5; i++) {
                ChatStream forgotten = bench.client().stream(ChatRequest.of("hi"), options);
                assertEquals(new TextDelta("hel"), forgotten.iterator().next());
            }
            bench.openrouter.awaitClientsGone(5);
            bench.openrouter.awaitNoConnections();
            assertTrue(bench.client().shutdown(Duration.ofSeconds(10))); // the calls end just after their connections
            assertEquals(0, bench.portkey.posts());
        }
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Requests all events and ignores them. */
    private abstract static class Subscriber implements Flow.Subscriber<ChatStreamEvent> {
        @Override
        public void onSubscribe(Flow.Subscription given) {
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }
}
