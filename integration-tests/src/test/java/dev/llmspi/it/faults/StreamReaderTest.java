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
import dev.llmspi.it.server.Connection;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
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

/** Readers that are slow, that throw, or that have had enough. */
@Timeout(60)
class StreamReaderTest {

    private static final int PIECES = 1_000;
    private static final String PIECE = "x".repeat(32 * 1024);
    /** What the buffers of two sockets may hold between server and client, and some more. */
    private static final long BUFFERS = 14L * 1024 * 1024;

    /** Sends 32 MB as fast as they are taken, and counts them. */
    private static final class Flood implements Reply {
        private final AtomicLong written = new AtomicLong();
        private final CountDownLatch sent = new CountDownLatch(1);

        @Override
        public void send(Connection connection) throws IOException {
            StreamReply.chunked().role().perform(connection);
            StreamReply piece = StreamReply.further().text(PIECE);
            for (int i = 0; i < PIECES; i++) {
                piece.perform(connection);
                written.addAndGet(PIECE.length());
            }
            sent.countDown();
            StreamReply.further().finish("stop").done().perform(connection);
        }

        /** Nobody reads for a while: the server cannot go on. */
        void assertHeldBack() throws InterruptedException {
            assertFalse(sent.await(500, TimeUnit.MILLISECONDS));
            assertTrue(written.get() < BUFFERS, () -> written + " bytes were taken in advance");
        }
    }

    /** One provider that may say so much. */
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

    /** Content, then a connection that stays open until the client leaves. */
    private static final Reply OPEN = StreamReply.chunked().role().text("hel").text("lo");

    private interface Reading {
        void begin(FaultBench bench) throws Exception;
    }

    /** The connection is gone at once, nobody was asked again, and the attempt is no failure of the provider's. */
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
            long start = System.nanoTime();
            bench.openrouter.awaitClientsGone(1);
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertTrue(took <= 250, "took " + took + " ms");
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
    void subscriberThrows_isToldNothingMore() throws Exception {
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
    void readerLeavesEarly_connectionIsLetGo() throws Exception {
        assertLetGo(bench -> {
            try (ChatStream stream = bench.client().stream(ChatRequest.of("hi"))) {
                for (ChatStreamEvent event : stream) {
                    assertEquals(new TextDelta("hel"), event);
                    break;
                }
            }
        });
    }

    /** Nobody closes it, nobody reads on: the clock of the call ends it. */
    @Tag("fault-6.26")
    @Test
    void readerForgetsToClose_clockLetsTheConnectionGo() throws Exception {
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
            assertTrue(bench.client().shutdown(Duration.ofSeconds(10))); // they are told of a moment later
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

    /** Asks for everything and does nothing. */
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
