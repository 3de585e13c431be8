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
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
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

/**
 * Checks that a call ends at once when its caller cancels it: no further attempt starts, and no further event is
 * delivered.
 */
@Timeout(60)
@RepeatIfLate
class CallerEndsTest extends BothHttpVersions {

    private static final Duration LIMIT = Duration.ofMillis(250);
    private static final Reply COME_BACK_LATER = Reply.error(503, "503", "busy", "Retry-After: 50");
    private static final String FLOOD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    private static final String PIECE = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";

    /** Runs a call on its own thread. */
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

        void assertCancelled(Stopwatch watch) throws InterruptedException {
            thread.join(TimeUnit.SECONDS.toMillis(10));
            assertInTime(watch);
            Outcome seen = outcome.get();
            assertInstanceOf(CancellationException.class, seen.thrown(), seen::toString);
            assertEquals(1, seen.attempts().size(), seen::toString);
        }
    }

    /** Returns a bench whose calls wait at the first provider and must not reach the second one. */
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
            Stopwatch watch = Stopwatch.start();
            caller.thread.interrupt();
            caller.assertCancelled(watch);
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
            Stopwatch watch = Stopwatch.start();
            caller.stop.cancel();
            bench.openrouter.awaitClientsGone(1);
            assertInTime(watch);
            caller.assertCancelled(watch);
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
            Stopwatch watch = Stopwatch.start();
            caller.stop.cancel();
            caller.assertCancelled(watch);
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
            Stopwatch watch = Stopwatch.start();
            future.cancel(true);
            assertTrue(finished.await(10, TimeUnit.SECONDS));
            assertInTime(watch);
            bench.openrouter.awaitClientsGone(backoff ? 0 : 1);
            assertInTime(watch);
            assertEquals(1, bench.openrouter.posts());
            assertEquals(0, bench.portkey.posts());
        }
    }

    /**
     * Checks that almost nothing is delivered after a cancellation while the server keeps sending data. The only
     * exception is a piece whose delivery is in progress when the call is cancelled.
     */
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
            Stopwatch watch = Stopwatch.start();
            cancel.run();
            int atCancel = pieces.get();
            bench.openrouter.awaitNoConnections();
            assertInTime(watch);
            bench.client().close();
            assertTrue(pieces.get() <= atCancel + 1, () -> atCancel + " pieces at the cancel, then " + pieces);
            assertEquals(0, bench.portkey.posts());
        }
    }

    /** Starts a stream and returns an action that cancels it. */
    @FunctionalInterface
    private interface CancelledWhileFlooded {
        Runnable begin(FaultBench bench, Consumer<Object> onAnything);
    }

    @Tag("fault-2.10")
    @Test
    void futureOfAStreamCancelled_handlerGetsNoFurtherEvent() throws Exception {
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
    void subscriptionCancelled_subscriberGetsNoFurtherEvent() throws Exception {
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

    private static void assertInTime(Stopwatch watch) {
        watch.assertAtMost(LIMIT, () -> "the end of the call");
    }
}
