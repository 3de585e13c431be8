package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that timeouts still end calls after an error, an interrupt or a stop has hit the watchdog's thread. */
@Timeout(60)
class WatchdogTest {

    private static final CallOptions SHORT =
            CallOptions.builder().timeout(Duration.ofMillis(150)).build();

    private final List<Thread> watchdogs = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private Throwable failure = new OutOfMemoryError("Java heap space");

    /** A clock that throws the failure on the watchdog's thread, as often as {@code failures} says. */
    private final class BrokenClock implements TimeSource {
        @Override
        public long nanoTime() {
            if (Thread.currentThread().getName().equals("llmspi-watchdog") && failures.getAndDecrement() > 0) {
                fail();
            }
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleep(Duration duration, Cancellation cancellation) throws InterruptedException {
            TimeSource.system().sleep(duration, cancellation);
        }
    }

    private void fail() {
        WatchdogTest.<RuntimeException>throwAny(failure);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAny(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private LlmClientBuilder builder() {
        return LlmClient.builder().provider(provider).chain("default", "p").set("llm.retry.max-retries", 0);
    }

    private Thread recorded(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        watchdogs.add(thread);
        return thread;
    }

    /** Makes a call on another thread, because a call that is not supervised never ends. */
    private static CompletableFuture<ChatResponse> start(LlmClient client, CallOptions options) {
        CompletableFuture<ChatResponse> call = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                call.complete(client.chat(ChatRequest.of("hi"), options));
            } catch (Throwable e) {
                call.completeExceptionally(e);
            }
        });
        caller.setDaemon(true);
        caller.start();
        return call;
    }

    private static void assertEndsWithItsTimeout(CompletableFuture<ChatResponse> call) {
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
        assertEquals(
                ErrorReason.TOTAL_TIMEOUT,
                LlmException.from(thrown).orElseThrow().reason().orElseThrow());
    }

    private static Stream<Throwable> anything() {
        return Stream.of(
                new OutOfMemoryError("Java heap space"),
                new StackOverflowError(),
                new InternalError(),
                new LinkageError("x"),
                new NoClassDefFoundError("x"),
                new AssertionError("x"),
                new IllegalStateException("x"),
                new Exception("a checked exception"));
    }

    @ParameterizedTest
    @MethodSource("anything")
    void clock_fails_callsStillEndWithTheirTimeout(Throwable thrown) {
        failure = thrown;
        provider.hangs().repeat();
        try (LlmClient client = builder().timeSource(new BrokenClock()).build()) {
            failures.set(3);
            assertEndsWithItsTimeout(start(client, SHORT));
            failures.set(1);
            assertEndsWithItsTimeout(start(client, SHORT));
        }
    }

    @ParameterizedTest
    @MethodSource("anything")
    void termination_fails_theseAndOtherCallsStillEndWithTheirTimeout(Throwable thrown) {
        failure = thrown;
        provider.then((request, context) -> {
                    context.cancellation().onCancel(this::fail);
                    return hang(context);
                })
                .repeat();
        try (LlmClient client = builder().build()) {
            CompletableFuture<ChatResponse> first = start(client, SHORT);
            CompletableFuture<ChatResponse> second = start(client, SHORT);
            assertEndsWithItsTimeout(first);
            assertEndsWithItsTimeout(second);
            assertEndsWithItsTimeout(start(client, SHORT));
        }
    }

    private static ChatResponse hang(CallContext context) {
        CountDownLatch cancelled = new CountDownLatch(1);
        context.cancellation().onCancel(cancelled::countDown);
        Latches.await(cancelled);
        throw new IllegalStateException("cancelled");
    }

    @Test
    void action_runsOutOfMemoryThreeTimes_runsUntilItSucceeds() {
        AtomicInteger runs = new AtomicInteger();
        provider.then((request, context) -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            context.cancellation().onCancel(() -> {
                if (runs.incrementAndGet() <= 3) {
                    throw new OutOfMemoryError("Java heap space");
                }
                cancelled.countDown();
            });
            Latches.await(cancelled);
            throw new IllegalStateException("cancelled");
        });
        try (LlmClient client = builder().build()) {
            assertEndsWithItsTimeout(start(client, SHORT));
            assertEquals(4, runs.get());
        }
    }

    @Test
    void thread_ends_nextCallStartsItAgainForAllCalls() throws Exception {
        provider.hangs().repeat();
        LlmClientBuilder builder = builder().threads(task -> recorded(watchdogs.isEmpty() ? () -> {} : task));
        try (LlmClient client = builder.build()) {
            CompletableFuture<ChatResponse> first = start(client, SHORT);
            provider.awaitCalls(1);
            watchdogs.get(0).join(10_000);
            CompletableFuture<ChatResponse> second = start(client, SHORT);
            assertEndsWithItsTimeout(second);
            assertEndsWithItsTimeout(first);
        }
    }

    @Test
    @SuppressWarnings({"deprecation", "removal"})
    void thread_isStopped_nextCallEndsWithItsTimeout() {
        assumeTrue(Runtime.version().feature() < 20, "later JVMs cannot stop a thread");
        provider.hangs().repeat();
        try (LlmClient client = builder().threads(this::recorded).build()) {
            assertEndsWithItsTimeout(start(client, SHORT));
            watchdogs.get(0).stop();
            assertEndsWithItsTimeout(start(client, SHORT));
            assertEndsWithItsTimeout(start(client, SHORT));
        }
    }

    @Test
    void thread_isInterrupted_sleepsAgain() throws Exception {
        provider.hangs().repeat();
        try (LlmClient client = builder().threads(this::recorded).build()) {
            CompletableFuture<ChatResponse> call = start(client, SHORT);
            provider.awaitCalls(1);
            watchdogs.get(0).interrupt();
            assertEndsWithItsTimeout(call);
            assertTrue(!watchdogs.get(0).isInterrupted(), "an interrupted thread cannot sleep");
        }
    }
}
