package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Clocks, cancel, interrupt and close: how a call ends before its answer. */
class EndingCallsTest {

    private final ScriptedProvider hanging = ScriptedProvider.named("p").hangs().repeat();

    private LlmClientBuilder builder() {
        return LlmClient.builder().provider(hanging).chain("default", "p").set("llm.retry.max-retries", 0);
    }

    @Test
    void chat_attemptClock_endsTheAttemptAsTimeout() {
        try (LlmClient client = builder().set("llm.timeouts.attempt", "100ms").build()) {
            long start = System.nanoTime();
            LlmTimeoutException error = assertThrows(LlmTimeoutException.class, () -> client.chat("hi"));
            assertEquals(ErrorReason.ATTEMPT_TIMEOUT, error.reason().orElseThrow());
            assertBetween(100, 350, start);
            assertEquals(1, error.attempts().size());
        }
    }

    @Test
    void chat_totalClock_endsTheCallWithItsLastCause() {
        try (LlmClient client = builder().set("llm.retry.max-retries", 5).build()) {
            long start = System.nanoTime();
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofMillis(150)).build();
            LlmTimeoutException error =
                    assertThrows(LlmTimeoutException.class, () -> client.chat(ChatRequest.of("hi"), options));
            assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
            assertBetween(150, 400, start);
            assertEquals(1, error.attempts().size());
        }
    }

    @Test
    void chat_interrupted_endsAsCancelledWithTheFlagSet() throws Exception {
        try (LlmClient client = builder().build()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            AtomicBoolean flag = new AtomicBoolean();
            Thread caller = new Thread(() -> {
                try {
                    client.chat("hi");
                } catch (Throwable e) {
                    thrown.set(e);
                    flag.set(Thread.currentThread().isInterrupted());
                }
            });
            caller.start();
            hanging.awaitCalls(1);
            long start = System.nanoTime();
            caller.interrupt();
            caller.join(5_000);
            assertInstanceOf(CancellationException.class, thrown.get());
            assertTrue(flag.get());
            assertBetween(0, 250, start);
            assertEquals(1, hanging.calls());
        }
    }

    @Test
    void chat_interruptFlagAlreadySet_callsNobody() {
        try (LlmClient client = builder().build()) {
            Thread.currentThread().interrupt();
            assertThrows(CancellationException.class, () -> client.chat("hi"));
            assertTrue(Thread.interrupted());
            assertEquals(0, hanging.calls());
        }
    }

    @Test
    void chat_cancellationFires_endsAsCancelled() throws Exception {
        RecordingListener listener = RecordingListener.create();
        try (LlmClient client = builder().listener(listener).build()) {
            Cancellation stop = Cancellation.create();
            CompletableFuture<ChatResponse> call = CompletableFuture.supplyAsync(() -> client.chat(
                    ChatRequest.of("hi"),
                    CallOptions.builder().cancellation(stop).build()));
            hanging.awaitCalls(1);
            long start = System.nanoTime();
            stop.cancel();
            ExecutionException thrown = assertThrows(ExecutionException.class, () -> call.get(5, TimeUnit.SECONDS));
            assertInstanceOf(CancellationException.class, thrown.getCause());
            assertBetween(0, 250, start);
        }
    }

    @Test
    void chatAsync_futureCancelled_endsTheAttempt() throws Exception {
        try (LlmClient client = builder().build()) {
            CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"));
            hanging.awaitCalls(1);
            future.cancel(true);
            assertTrue(hanging.contexts().get(0).cancellation().isCancelled());
            assertTrue(client.shutdown(Duration.ofSeconds(5)));
            assertEquals(1, hanging.calls());
        }
    }

    @Test
    void chatAsync_error_isUnwrappedByFrom() {
        ScriptedProvider failing = ScriptedProvider.named("p").fails(ErrorKind.AUTHENTICATION);
        try (LlmClient client =
                LlmClient.builder().provider(failing).chain("default", "p").build()) {
            ExecutionException thrown =
                    assertThrows(ExecutionException.class, () -> client.chatAsync(ChatRequest.of("hi"))
                            .get(5, TimeUnit.SECONDS));
            assertEquals(
                    ErrorKind.AUTHENTICATION,
                    LlmException.from(thrown).orElseThrow().kind());
        }
    }

    @Test
    void chat_cancelledDuringABackoff_endsAtOnce() throws Exception {
        ManualTimeSource time = ManualTimeSource.create().blocking();
        ScriptedProvider failing =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).repeat();
        try (LlmClient client = LlmClient.builder()
                .timeSource(time)
                .provider(failing)
                .chain("default", "p")
                .build()) {
            CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"));
            time.awaitSleeper();
            future.cancel(true);
            assertTrue(client.shutdown(Duration.ofSeconds(5)));
            assertEquals(1, failing.calls());
        }
    }

    /** A provider blocked in a socket does not notice an interrupt: its cancellation tells it. */
    @Test
    void chat_interruptedWhileTheProviderHearsItsCancellationOnly_ends() throws Exception {
        ScriptedProvider deaf = ScriptedProvider.named("deaf").then((request, context) -> {
            while (!context.cancellation().isCancelled()) {
                Thread.onSpinWait();
            }
            throw new IllegalStateException("ended");
        });
        try (LlmClient client =
                LlmClient.builder().provider(deaf).chain("default", "deaf").build()) {
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                assertThrows(CancellationException.class, () -> client.chat("hi"));
                flag.complete(Thread.currentThread().isInterrupted());
            });
            caller.start();
            deaf.awaitCalls(1);
            caller.interrupt();
            assertTrue(flag.get(10, TimeUnit.SECONDS));
            caller.join();
        }
    }

    @Test
    void chat_interruptedDuringABackoff_endsAsCancelledWithTheFlagSet() throws Exception {
        ManualTimeSource time = ManualTimeSource.create().blocking();
        ScriptedProvider failing =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).repeat();
        try (LlmClient client = LlmClient.builder()
                .timeSource(time)
                .provider(failing)
                .chain("default", "p")
                .build()) {
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread waiting = new Thread(() -> {
                assertThrows(CancellationException.class, () -> client.chat("hi"));
                flag.complete(Thread.currentThread().isInterrupted());
            });
            waiting.start();
            time.awaitSleeper();
            waiting.interrupt();
            assertTrue(flag.get(10, TimeUnit.SECONDS));
            waiting.join();
        }
        assertEquals(1, failing.calls());
    }

    @Test
    void close_duringACall_endsItAsCancelledAndRefusesNewOnes() throws Exception {
        LlmClient client = builder().build();
        CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"));
        hanging.awaitCalls(1);
        assertFalse(client.shutdown(Duration.ZERO));
        assertThrows(CancellationException.class, () -> future.get(1, TimeUnit.SECONDS));
        assertThrows(IllegalStateException.class, () -> client.chat("hi"));
        assertThrows(IllegalStateException.class, () -> client.with(CallOptions.none())
                .chat("hi"));
        client.close();
    }

    @Test
    void shutdown_withDrain_letsACallFinish() throws Exception {
        ManualTimeSource time = ManualTimeSource.create().blocking();
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).answers("late");
        LlmClient client = LlmClient.builder()
                .timeSource(time)
                .provider(provider)
                .chain("default", "p")
                .build();
        CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"));
        time.awaitSleeper();
        CompletableFuture<Boolean> drained =
                CompletableFuture.supplyAsync(() -> client.shutdown(Duration.ofSeconds(10)));
        time.advance(Duration.ofSeconds(10));
        assertEquals("late", future.get(5, TimeUnit.SECONDS).text());
        assertTrue(drained.get(5, TimeUnit.SECONDS));
    }

    private static void assertBetween(long lowMillis, long highMillis, long startNanos) {
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        assertTrue(took >= lowMillis && took <= highMillis, "took " + took + " ms");
    }
}
