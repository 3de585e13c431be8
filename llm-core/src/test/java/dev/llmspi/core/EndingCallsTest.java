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
import dev.llmspi.core.call.Silence;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests how timeouts, cancellation, interrupts and closing the client end a call before it is answered. */
@Timeout(30)
class EndingCallsTest {

    private final ScriptedProvider hanging = ScriptedProvider.named("p").hangs().repeat();

    private LlmClientBuilder builder() {
        return LlmClient.builder().provider(hanging).chain("default", "p").set("llm.retry.max-retries", 0);
    }

    /** Creates the builder of a client whose provider is silent for nine seconds. */
    private static LlmClientBuilder silentForNineSeconds() {
        ManualTimeSource time = ManualTimeSource.create();
        ScriptedProvider silent = ScriptedProvider.named("p").then((request, context) -> {
            throw Silence.pass(Duration.ofSeconds(9), time, context);
        });
        return LlmClient.builder().timeSource(time).provider(silent).chain("default", "p");
    }

    @Test
    void chat_attemptTimeoutExpires_endsTheAttempt() {
        try (LlmClient client = silentForNineSeconds()
                .set("llm.timeouts.attempt", "9s")
                .set("llm.retry.max-retries", 0)
                .build()) {
            LlmTimeoutException error = assertThrows(LlmTimeoutException.class, () -> client.chat("hi"));
            assertEquals(ErrorReason.ATTEMPT_TIMEOUT, error.reason().orElseThrow());
            assertEquals(1, error.attempts().size());
            assertEquals(Duration.ofSeconds(9), error.attempts().get(0).duration());
        }
    }

    @Test
    void chat_totalTimeoutExpires_endsTheCallWithoutARetry() {
        try (LlmClient client =
                silentForNineSeconds().set("llm.retry.max-retries", 5).build()) {
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofSeconds(9)).build();
            LlmTimeoutException error =
                    assertThrows(LlmTimeoutException.class, () -> client.chat(ChatRequest.of("hi"), options));
            assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
            assertEquals(1, error.attempts().size());
        }
    }

    @Test
    void chat_interrupted_endsAsCancelledWithTheFlagSet() throws Exception {
        try (LlmClient client = builder().build()) {
            Bench.assertInterruptCancels(() -> client.chat("hi"), () -> hanging.awaitCalls(1));
            assertEquals(1, hanging.calls());
        }
    }

    @Test
    void chat_interruptFlagAlreadySet_makesNoAttempt() {
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
            stop.cancel();
            ExecutionException thrown = assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
            assertInstanceOf(CancellationException.class, thrown.getCause());
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
    void chatAsync_providerFails_fromUnwrapsTheError() {
        ScriptedProvider failing = ScriptedProvider.named("p").fails(ErrorKind.AUTHENTICATION);
        try (LlmClient client =
                LlmClient.builder().provider(failing).chain("default", "p").build()) {
            ExecutionException thrown =
                    assertThrows(ExecutionException.class, () -> client.chatAsync(ChatRequest.of("hi"))
                            .get(10, TimeUnit.SECONDS));
            assertEquals(
                    ErrorKind.AUTHENTICATION,
                    LlmException.from(thrown).orElseThrow().kind());
        }
    }

    @Test
    void chat_cancelledDuringABackoff_makesNoFurtherAttempt() throws Exception {
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

    /** A provider that is blocked in a socket notices its cancellation but not an interrupt. */
    @Test
    void chat_interruptedWhileTheProviderNoticesOnlyItsCancellation_ends() throws Exception {
        ScriptedProvider stubborn = ScriptedProvider.named("stubborn").then((request, context) -> {
            while (!context.cancellation().isCancelled()) {
                Thread.onSpinWait();
            }
            throw new IllegalStateException("cancelled");
        });
        try (LlmClient client = LlmClient.builder()
                .provider(stubborn)
                .chain("default", "stubborn")
                .build()) {
            Bench.assertInterruptCancels(() -> client.chat("hi"), () -> stubborn.awaitCalls(1));
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
            Bench.assertInterruptCancels(() -> client.chat("hi"), () -> time.awaitSleeper());
        }
        assertEquals(1, failing.calls());
    }

    @Test
    void close_duringACall_endsItAsCancelledAndRefusesNewOnes() throws Exception {
        LlmClient client = builder().build();
        CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"));
        hanging.awaitCalls(1);
        assertFalse(client.shutdown(Duration.ZERO));
        assertThrows(CancellationException.class, () -> future.get(10, TimeUnit.SECONDS));
        assertThrows(IllegalStateException.class, () -> client.chat("hi"));
        assertThrows(IllegalStateException.class, () -> client.with(CallOptions.none())
                .chat("hi"));
        client.close();
    }

    @Test
    void close_view_closesNothingButClosingTheClientEndsItsViews() {
        ScriptedProvider provider = ScriptedProvider.named("p").answers("first").answers("second");
        LlmClient client = LlmClient.builder().provider(provider).build();
        try (LlmClient view = client.with(CallOptions.none())) {
            assertEquals("first", view.chat("hi").text());
        }
        LlmClient view = client.with(CallOptions.none());
        view.close();
        assertEquals("second", view.chat("hi").text());
        client.close();
        assertThrows(IllegalStateException.class, () -> view.chat("hi"));
    }

    @Test
    void shutdown_callIsInFlight_letsItFinishWithinTheDrain() throws Exception {
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
        assertEquals("late", future.get(10, TimeUnit.SECONDS).text());
        assertTrue(drained.get(10, TimeUnit.SECONDS));
    }
}
