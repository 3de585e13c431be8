package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The caller wants out: the call ends at once, and nobody is asked again or told anything more. */
@Timeout(60)
class CallerEndsTest {

    private static final long LIMIT_MILLIS = 250;
    private static final Reply COME_BACK_LATER = Reply.error(503, "503", "busy", "Retry-After: 50");
    private static final String FLOOD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    private static final String PIECE = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";

    /** A call on a thread of its own. */
    private static final class Caller {
        private final Cancellation stop = Cancellation.create();
        private final AtomicReference<Outcome> outcome = new AtomicReference<>();
        private final AtomicReference<Boolean> flag = new AtomicReference<>();
        private final Thread thread;

        Caller(FaultBench bench, Mode mode) {
            CallOptions options = CallOptions.builder().cancellation(stop).build();
            thread = new Thread(() -> {
                outcome.set(bench.call(mode, options));
                flag.set(Thread.currentThread().isInterrupted());
            });
            thread.start();
        }

        void assertCancelled(long startNanos) throws InterruptedException {
            thread.join(TimeUnit.SECONDS.toMillis(10));
            assertInTime(startNanos);
            Outcome seen = outcome.get();
            assertInstanceOf(CancellationException.class, seen.thrown(), seen::toString);
            assertEquals(1, seen.attempts().size(), seen::toString);
        }
    }

    /** One provider that is waited for, and another one that must not be asked. */
    private static FaultBench waiting(boolean backoff, CountDownLatch reached) {
        FaultBench bench = FaultBench.both().set("llm.retry.max-wait-before-next", "60s");
        if (backoff) {
            bench.openrouter.always(COME_BACK_LATER);
        } else {
            bench.openrouter.always(connection -> {
                reached.countDown();
                connection.awaitClientGone();
            });
        }
        LlmListener whenWaiting = new LlmListener() {
            @Override
            public void retryScheduled(RetryScheduled event) {
                reached.countDown();
            }
        };
        return bench.with(builder -> builder.listener(whenWaiting));
    }

    @Tag("fault-2.9")
    @ParameterizedTest
    @CsvSource({"CHAT, false", "CHAT, true", "STREAM, false", "STREAM, true"})
    void interrupt_endsTheCallWithTheFlagSet(Mode mode, boolean backoff) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        try (FaultBench bench = waiting(backoff, reached)) {
            Caller caller = new Caller(bench, mode);
            assertTrue(reached.await(10, TimeUnit.SECONDS));
            long start = System.nanoTime();
            caller.thread.interrupt();
            caller.assertCancelled(start);
            assertEquals(true, caller.flag.get());
            assertEquals(1, bench.openrouter.posts());
            assertEquals(0, bench.portkey.posts());
        }
    }

    @Tag("fault-2.10")
    @ParameterizedTest
    @EnumSource
    void cancel_beforeTheHead_endsTheCallAndItsConnection(Mode mode) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        try (FaultBench bench = waiting(false, reached)) {
            Caller caller = new Caller(bench, mode);
            assertTrue(reached.await(10, TimeUnit.SECONDS));
            long start = System.nanoTime();
            caller.stop.cancel();
            bench.openrouter.awaitClientsGone(1);
            assertInTime(start);
            caller.assertCancelled(start);
            assertEquals(
                    Attempt.Outcome.CANCELLED,
                    caller.outcome.get().attempts().get(0).outcome());
            assertEquals(1, bench.openrouter.posts());
            assertEquals(0, bench.portkey.posts());
        }
    }

    @Tag("fault-2.11")
    @ParameterizedTest
    @EnumSource
    void cancel_inAWait_endsTheCallWithoutAnotherAttempt(Mode mode) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        try (FaultBench bench = waiting(true, reached)) {
            Caller caller = new Caller(bench, mode);
            assertTrue(reached.await(10, TimeUnit.SECONDS));
            long start = System.nanoTime();
            caller.stop.cancel();
            caller.assertCancelled(start);
            assertEquals(1, bench.openrouter.posts());
            assertEquals(0, bench.portkey.posts());
        }
    }

    @Tag("fault-2.10")
    @Tag("fault-2.11")
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void futureCancelled_endsTheCall(boolean backoff) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch finished = new CountDownLatch(1);
        LlmListener whenFinished = new LlmListener() {
            @Override
            public void callFinished(CallFinished event) {
                finished.countDown();
            }
        };
        try (FaultBench bench = waiting(backoff, reached).with(builder -> builder.listener(whenFinished))) {
            CompletableFuture<ChatResponse> future = bench.client().chatAsync(ChatRequest.of("hi"));
            assertTrue(reached.await(10, TimeUnit.SECONDS));
            long start = System.nanoTime();
            future.cancel(true);
            assertTrue(finished.await(10, TimeUnit.SECONDS));
            assertInTime(start);
            bench.openrouter.awaitClientsGone(backoff ? 0 : 1);
            assertInTime(start);
            assertEquals(1, bench.openrouter.posts());
            assertEquals(0, bench.portkey.posts());
        }
    }

    /** A server that never stops talking. The piece that is being handed on when the cancel comes is the last one. */
    private static void assertNothingAfterCancel(CancelledWhileFlooded way) throws Exception {
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(Reply.endless(FLOOD, PIECE));
            AtomicInteger pieces = new AtomicInteger();
            CountDownLatch some = new CountDownLatch(100);
            Runnable cancel = way.begin(bench, piece -> {
                pieces.incrementAndGet();
                some.countDown();
            });
            assertTrue(some.await(10, TimeUnit.SECONDS));
            long start = System.nanoTime();
            cancel.run();
            int atCancel = pieces.get();
            bench.openrouter.awaitNoConnections();
            assertInTime(start);
            bench.client().close();
            assertTrue(pieces.get() <= atCancel + 1, () -> atCancel + " pieces at the cancel, then " + pieces);
            assertEquals(0, bench.portkey.posts());
        }
    }

    /** Begins a stream and says how to cancel it. */
    @FunctionalInterface
    private interface CancelledWhileFlooded {
        Runnable begin(FaultBench bench, Consumer<Object> onAnything);
    }

    @Tag("fault-2.10")
    @Test
    void futureOfAStreamCancelled_handlerIsToldNothingMore() throws Exception {
        assertNothingAfterCancel((bench, onAnything) -> {
            ChatStreamHandler handler = new ChatStreamHandler() {
                @Override
                public void onText(String text) {
                    onAnything.accept(text);
                }

                @Override
                public void onFinish(ChatStreamEvent.Finish finish) {
                    onAnything.accept(finish);
                }
            };
            CompletableFuture<ChatResponse> future =
                    bench.client().streamAsync(ChatRequest.of("hi"), CallOptions.none(), handler);
            return () -> future.cancel(true);
        });
    }

    @Tag("fault-2.10")
    @Test
    void subscriptionCancelled_subscriberIsToldNothingMore() throws Exception {
        assertNothingAfterCancel((bench, onAnything) -> {
            AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
            bench.client().publisher(ChatRequest.of("hi")).subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription given) {
                    subscription.set(given);
                    given.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(ChatStreamEvent event) {
                    onAnything.accept(event);
                }

                @Override
                public void onError(Throwable error) {
                    onAnything.accept(error);
                }

                @Override
                public void onComplete() {
                    onAnything.accept("complete");
                }
            });
            return () -> subscription.get().cancel();
        });
    }

    private static void assertInTime(long startNanos) {
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        assertTrue(took <= LIMIT_MILLIS, "took " + took + " ms");
    }
}
