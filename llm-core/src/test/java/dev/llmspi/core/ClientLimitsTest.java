package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tests the client's own limits. Waiting for a slot takes real time. */
class ClientLimitsTest {

    private final RecordingListener listener = RecordingListener.create();
    private final CountDownLatch release = new CountDownLatch(1);
    private final ScriptedProvider busy = ScriptedProvider.named("busy")
            .then((request, context) -> {
                Latches.await(release);
                return ScriptedProvider.named("busy").answers("busy").chat(request, context);
            })
            .repeat();
    private final ScriptedProvider second =
            ScriptedProvider.named("second").answers("second").repeat();

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .listener(listener)
                .provider(busy)
                .provider(second)
                .chain("default", "busy", "second")
                .chain("alone", "busy");
    }

    private static CallOptions alone() {
        return CallOptions.builder().chain("alone").build();
    }

    @Test
    void maxConcurrent_reached_waitsForASlot() throws Exception {
        try (LlmClient client = builder().set("llm.limits.max-concurrent", 1).build()) {
            CompletableFuture<ChatResponse> one = client.chatAsync(ChatRequest.of("1"), alone());
            busy.awaitCalls(1);
            CompletableFuture<ChatResponse> two = client.chatAsync(ChatRequest.of("2"), alone());
            assertEquals(1, busy.calls());
            assertFalse(two.isDone());
            release.countDown();
            assertEquals("busy", one.get(10, TimeUnit.SECONDS).text());
            assertEquals("busy", two.get(10, TimeUnit.SECONDS).text());
        }
    }

    @Test
    void maxConcurrent_noSlotInTime_nextLinkAnswers() throws Exception {
        try (LlmClient client = builder()
                .set("llm.limits.max-concurrent", 1)
                .set("llm.retry.max-wait-before-next", Duration.ofMillis(20))
                .build()) {
            CompletableFuture<ChatResponse> one = client.chatAsync(ChatRequest.of("1"), alone());
            busy.awaitCalls(1);
            ChatResponse answer = client.chat("2");
            assertEquals("second", answer.provider());
            Attempt skipped = answer.attempts().get(0);
            assertEquals(Attempt.Outcome.SKIPPED, skipped.outcome());
            assertEquals(ErrorReason.CLIENT_LIMIT, skipped.reason().orElseThrow());
            assertEquals(1, busy.calls());
            assertEquals("busy", listener.events(FailedOver.class).get(0).from());
            release.countDown();
            one.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void maxConcurrent_noSlotBeforeTheTotalTimeout_fails() throws Exception {
        try (LlmClient client = builder().set("llm.limits.max-concurrent", 1).build()) {
            CompletableFuture<ChatResponse> one = client.chatAsync(ChatRequest.of("1"), alone());
            busy.awaitCalls(1);
            CallOptions shortTimeout = CallOptions.builder()
                    .chain("alone")
                    .timeout(Duration.ofMillis(100))
                    .build();
            ExecutionException thrown =
                    assertThrows(ExecutionException.class, () -> client.chatAsync(ChatRequest.of("2"), shortTimeout)
                            .get(10, TimeUnit.SECONDS));
            assertTrue(
                    thrown.getCause() instanceof LlmRateLimitException
                            || thrown.getCause() instanceof dev.llmspi.api.error.LlmTimeoutException,
                    thrown.toString());
            assertEquals(1, busy.calls());
            release.countDown();
            one.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void maxConcurrent_cancelledWhileWaiting_isCancelledAndTakesNoSlot() throws Exception {
        try (LlmClient client = builder().set("llm.limits.max-concurrent", 1).build()) {
            CompletableFuture<ChatResponse> one = client.chatAsync(ChatRequest.of("1"), alone());
            busy.awaitCalls(1);
            Cancellation stop = Cancellation.create();
            CompletableFuture<ChatResponse> two = client.chatAsync(
                    ChatRequest.of("2"),
                    CallOptions.builder().chain("alone").cancellation(stop).build());
            stop.cancel();
            assertThrows(CancellationException.class, () -> two.get(10, TimeUnit.SECONDS));
            release.countDown();
            one.get(10, TimeUnit.SECONDS);
            assertEquals("busy", client.chat(ChatRequest.of("3"), alone()).text());
            assertEquals(2, busy.calls());
        }
    }

    @Test
    void maxConcurrent_cancelledWhileWaiting_isNotReportedAsSkipped() throws Exception {
        try (LlmClient client = builder().set("llm.limits.max-concurrent", 1).build()) {
            CompletableFuture<ChatResponse> one = client.chatAsync(ChatRequest.of("1"), alone());
            busy.awaitCalls(1);
            Cancellation stop = Cancellation.create();
            CallOptions options =
                    CallOptions.builder().chain("alone").cancellation(stop).build();
            Thread waiting = new Thread(
                    () -> assertThrows(CancellationException.class, () -> client.chat(ChatRequest.of("2"), options)));
            waiting.start();
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (waiting.getState() != Thread.State.TIMED_WAITING && System.nanoTime() - limit < 0) {
                Thread.onSpinWait();
            }
            stop.cancel();
            waiting.join(10_000);
            release.countDown();
            one.get(10, TimeUnit.SECONDS);
        }
        assertEquals(List.of(), listener.events(LinkSkipped.class));
        assertEquals(2, listener.events(CallFinished.class).size());
    }

    @Test
    void maxConcurrent_openStream_holdsItsSlotUntilItIsClosed() {
        ScriptedProvider streaming =
                ScriptedProvider.named("s").streamsText("a", "b").repeat();
        try (LlmClient client = LlmClient.builder()
                .provider(streaming)
                .provider(second)
                .chain("default", "s", "second")
                .set("llm.limits.max-concurrent", 1)
                .set("llm.retry.max-wait-before-next", Duration.ofMillis(20))
                .build()) {
            try (var stream = client.stream(ChatRequest.of("hi"))) {
                stream.iterator().next();
                assertEquals("second", client.chat("hi").provider());
            }
            try (var stream = client.stream(ChatRequest.of("hi"))) {
                ChatResponse answer = stream.collect();
                assertEquals("ab", answer.text(), () -> String.valueOf(answer.attempts()));
            }
        }
    }

    @Test
    void requestsPerMinute_usedUp_nextLinkAnswers() {
        release.countDown();
        try (LlmClient client = builder()
                .set("llm.providers.busy.type", "scripted")
                .set("llm.providers.busy.limits.requests-per-minute", 2)
                .build()) {
            assertEquals("busy", client.chat("1").provider());
            assertEquals("busy", client.chat("2").provider());
            ChatResponse third = client.chat("3");
            assertEquals("second", third.provider());
            assertEquals(
                    ErrorReason.CLIENT_LIMIT, third.attempts().get(0).reason().orElseThrow());
            assertEquals(2, busy.calls());
        }
    }

    private LlmClientBuilder onePerMinute(ManualTimeSource time) {
        release.countDown();
        return builder()
                .timeSource(time)
                .set("llm.providers.busy.type", "scripted")
                .set("llm.providers.busy.limits.requests-per-minute", 1);
    }

    @Test
    void requestsPerMinute_usedUpAtTheOnlyLink_waits() {
        ManualTimeSource time = ManualTimeSource.create();
        time.advance(Duration.ofHours(1));
        try (LlmClient client = onePerMinute(time).build()) {
            client.chat(ChatRequest.of("1"), alone());
            ChatResponse second = client.chat(ChatRequest.of("2"), alone());
            assertEquals(1, time.sleeps().size());
            Duration wait = time.sleeps().get(0);
            assertTrue(wait.compareTo(Duration.ZERO) > 0 && wait.compareTo(Duration.ofMinutes(1)) <= 0, wait::toString);
            assertEquals(wait, second.attempts().get(0).waitBefore());
        }
    }

    @Test
    void requestsPerMinute_waitIsLongerThanTheCall_failsWithoutWaiting() {
        ManualTimeSource time = ManualTimeSource.create();
        time.advance(Duration.ofHours(1));
        try (LlmClient client = onePerMinute(time).build()) {
            client.chat(ChatRequest.of("1"), alone());
            CallOptions shortTimeout = CallOptions.builder()
                    .chain("alone")
                    .timeout(Duration.ofMillis(1))
                    .build();
            LlmRateLimitException error =
                    assertThrows(LlmRateLimitException.class, () -> client.chat(ChatRequest.of("2"), shortTimeout));
            assertEquals(ErrorReason.CLIENT_LIMIT, error.reason().orElseThrow());
            assertFalse(error.requestSent());
            assertEquals(List.of(), time.sleeps());
        }
        assertEquals(1, busy.calls());
    }

    @Test
    void requestsPerMinute_interruptedWhileWaiting_endsAsCancelledWithTheFlagSet() throws Exception {
        ManualTimeSource time = ManualTimeSource.create().blocking();
        try (LlmClient client = onePerMinute(time).build()) {
            client.chat(ChatRequest.of("1"), alone());
            Bench.assertInterruptCancels(() -> client.chat(ChatRequest.of("2"), alone()), () -> time.awaitSleeper());
        }
        assertEquals(1, busy.calls());
    }

    @Test
    void maxConcurrent_noSlotForATrial_leavesTheTrialToTheNextCall() throws Exception {
        ManualTimeSource time = ManualTimeSource.create();
        ScriptedProvider once = ScriptedProvider.named("once")
                .fails(ErrorKind.SERVICE)
                .then((request, context) -> {
                    Latches.await(release);
                    return ScriptedProvider.named("once").answers("late").chat(request, context);
                })
                .answers("back");
        try (LlmClient client = builder()
                .timeSource(time)
                .provider(once)
                .chain("default", "once", "second")
                .set("llm.limits.max-concurrent", 1)
                .set("llm.retry.max-retries", 0)
                .set("llm.retry.max-wait-before-next", Duration.ofMillis(20))
                .set("llm.cooldown.after-failures", 1)
                .set("llm.cooldown.of-attempts", 1)
                .build()) {
            assertEquals("second", client.chat("hi").text());
            time.advance(Duration.ofSeconds(5)); // the next attempt is the trial
            CompletableFuture<ChatResponse> other = client.chatAsync(
                    ChatRequest.builder().user("hi").model("another").build());
            once.awaitCalls(2);
            ChatResponse refused = client.chat("hi");
            assertEquals("second", refused.text());
            assertEquals(
                    ErrorReason.CLIENT_LIMIT, refused.attempts().get(0).reason().orElseThrow());
            release.countDown();
            assertEquals("late", other.get(10, TimeUnit.SECONDS).text());
            assertEquals("back", client.chat("hi").text());
        }
    }
}
