package dev.llmspi.core.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.call.LinkLimits;
import dev.llmspi.core.call.Listeners;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether and when a provider is asked again, at the very edges: deadline, caps, budget. */
class RetryPlanTest {

    private static final Optional<Duration> NOT_AGAIN = Optional.empty();
    private static final Optional<Duration> AT_ONCE = Optional.of(Duration.ZERO);

    /** Its dice show 0.5. */
    private final ManualTimeSource time = ManualTimeSource.create();

    private RetryPlan plan(String settings) {
        ProviderSettings block = LlmSettings.builder()
                .text("llm.providers.p { " + settings + " }", "test")
                .build()
                .providers()
                .get("p");
        HealthBoard board = new HealthBoard(time, Listeners.of(List.of()));
        return new RetryPlan(
                block, time, new Admission(block, new Accounts(Optional.empty()), Optional::empty, board), "m");
    }

    private LinkLimits link(Duration left, boolean anotherLeft) {
        return new LinkLimits(
                time.nanoTime() + left.toNanos(),
                anotherLeft,
                TimeoutSettings.none(),
                TimeoutSettings.none(),
                List.of());
    }

    private LinkLimits alone() {
        return link(Duration.ofHours(1), false);
    }

    private static LlmException.Builder<? extends LlmException> error(ErrorKind kind) {
        return LlmException.builder(kind).message("failed");
    }

    private static LlmException waitFor(Duration wait) {
        return error(ErrorKind.RATE_LIMIT).retryAfter(wait).build();
    }

    private static Duration millis(long count) {
        return Duration.ofMillis(count);
    }

    @Test
    void waitAfter_noTimeLeft_isNone() {
        LlmException stale =
                error(ErrorKind.CONNECTION).reason(ErrorReason.STALE_CONNECTION).build();
        assertEquals(NOT_AGAIN, plan("").waitAfter(stale, link(Duration.ZERO, false)));
        assertEquals(AT_ONCE, plan("").waitAfter(stale, link(Duration.ofNanos(1), false)));
    }

    @Test
    void waitAfter_backoff_fitsIntoTheTimeLeftOrIsNone() {
        // 1 s, 1.5 s with the dice at 0.5
        assertEquals(
                Optional.of(millis(1_500)),
                plan("").waitAfter(
                                error(ErrorKind.SERVICE).build(),
                                link(millis(1_500).plusNanos(1), false)));
        assertEquals(NOT_AGAIN, plan("").waitAfter(error(ErrorKind.SERVICE).build(), link(millis(1_500), false)));
    }

    @Test
    void waitAfter_jitterBeyondTheTimeLeft_isLeftOut() {
        // 2 s are asked for, 2.1 s are waited
        assertEquals(
                Optional.of(millis(2_100)),
                plan("").waitAfter(waitFor(millis(2_000)), link(millis(2_100).plusNanos(1), false)));
        assertEquals(
                Optional.of(millis(2_000)), plan("").waitAfter(waitFor(millis(2_000)), link(millis(2_100), false)));
        assertEquals(NOT_AGAIN, plan("").waitAfter(waitFor(millis(2_000)), link(millis(2_000), false)));
    }

    @ParameterizedTest
    @CsvSource({
        // asked for in ms, another link left, in ms what is waited; -1: not asked again
        "0, false, 1500",
        "5000, true, 5250",
        "5001, true, -1",
        "5001, false, 5251",
        "60000, false, 63000",
        "60001, false, -1",
    })
    void waitAfter_retryAfter_isObeyedUpToTheCaps(long asked, boolean anotherLeft, long waited) {
        LinkLimits link = link(Duration.ofHours(1), anotherLeft);
        Optional<Duration> wait = plan("").waitAfter(waitFor(millis(asked)), link);
        assertEquals(waited < 0 ? -1 : waited, wait.map(Duration::toMillis).orElse(-1L));
    }

    /** Our own wait never costs a retry; only a wait that the server asked for does. */
    @Test
    void waitAfter_backoffBeyondTheWaitBeforeTheNext_isCutToIt() {
        for (String delays : List.of("delay = 6s", "delay = 1s", "delay = 2s, max-delay = 60s")) {
            RetryPlan plan = plan("retry { " + delays + " }");
            for (int retry = 0; retry < 3; retry++) {
                Duration wait = plan.waitAfter(error(ErrorKind.SERVICE).build(), link(Duration.ofHours(1), true))
                        .orElseThrow();
                assertTrue(wait.compareTo(Duration.ofSeconds(5)) <= 0, delays + ": " + wait);
            }
        }
        assertEquals(
                Optional.of(Duration.ofSeconds(9)),
                plan("retry.delay = 6s").waitAfter(error(ErrorKind.SERVICE).build(), alone()));
    }

    @Test
    void waitAfter_jitterOfALongWait_isATenthOfTheCap() {
        RetryPlan patient = plan("retry { max-wait-before-next = 1h, max-retry-after = 60s }");
        assertEquals(
                Optional.of(Duration.ofMinutes(10).plus(millis(3_000))),
                patient.waitAfter(waitFor(Duration.ofMinutes(10)), link(Duration.ofHours(1), true)));
    }

    @Test
    void waitAfter_errorThatDoesNotGoOn_isWaitedForAsIfNobodyWereLeft() {
        LlmException here = error(ErrorKind.RATE_LIMIT)
                .retryAfter(millis(6_000))
                .tryNext(false)
                .build();
        assertEquals(Optional.of(millis(6_300)), plan("").waitAfter(here, link(Duration.ofHours(1), true)));
    }

    @Test
    void waitAfter_backoff_staysBelowItsCap() {
        RetryPlan plan = plan("retry { delay = 1s, max-delay = 3s, max-retries = 4 }");
        for (long expected : new long[] {1_500, 2_000, 2_000, 2_000}) {
            assertEquals(
                    Optional.of(millis(expected)),
                    plan.waitAfter(error(ErrorKind.SERVICE).build(), alone()));
        }
        assertEquals(NOT_AGAIN, plan.waitAfter(error(ErrorKind.SERVICE).build(), alone()));
    }

    @Test
    void waitAfter_deadConnection_isRepeatedOnceOutsideOfAllCounts() {
        RetryPlan plan = plan("retry { max-retries = 1, budget = 1, delay = 10ms, max-delay = 10ms }");
        LlmException stale =
                error(ErrorKind.CONNECTION).reason(ErrorReason.STALE_CONNECTION).build();
        assertEquals(AT_ONCE, plan.waitAfter(stale, alone()));
        assertEquals(Optional.of(millis(10)), plan.waitAfter(stale, alone()), "from here on it is a retry");
        assertEquals(NOT_AGAIN, plan.waitAfter(stale, alone()));
    }

    @Test
    void waitAfter_renewedCredential_isTriedOnceAtOnceAndNeverRetried() {
        RetryPlan plan = plan("retry.on = [authentication_error]");
        LlmException renewed = error(ErrorKind.AUTHENTICATION)
                .reason(ErrorReason.CREDENTIAL_RENEWED)
                .build();
        assertEquals(AT_ONCE, plan.waitAfter(renewed, alone()));
        assertEquals(NOT_AGAIN, plan.waitAfter(renewed, alone()));
    }

    @Test
    void waitAfter_timeouts_areRetriedLessOften() {
        RetryPlan plan = plan("retry { max-after-timeout = 1, max-retries = 3 }");
        LlmException timeout = error(ErrorKind.TIMEOUT).build();
        assertEquals(true, plan.waitAfter(timeout, alone()).isPresent());
        assertEquals(NOT_AGAIN, plan.waitAfter(timeout, alone()));
        assertEquals(
                true, plan.waitAfter(error(ErrorKind.SERVICE).build(), alone()).isPresent());
    }

    @Test
    void waitAfter_budgetSpent_isNone() {
        RetryPlan plan = plan("retry { budget = 2, max-retries = 9 }");
        LlmException busy = error(ErrorKind.SERVICE).build();
        assertEquals(true, plan.waitAfter(busy, alone()).isPresent());
        assertEquals(true, plan.waitAfter(busy, alone()).isPresent());
        assertEquals(NOT_AGAIN, plan.waitAfter(busy, alone()));
    }
}
