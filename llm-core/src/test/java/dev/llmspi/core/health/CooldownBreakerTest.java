package dev.llmspi.core.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.health.CooldownBreaker.Decision;
import dev.llmspi.core.settings.CooldownSettings;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests, to the nanosecond, when a cooldown begins and expires, and which attempt is the trial. */
class CooldownBreakerTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration NANO = Duration.ofNanos(1);

    private final ManualTimeSource time = ManualTimeSource.create();
    private final CooldownSettings settings = CooldownSettings.builder()
            .afterFailures(2)
            .ofAttempts(2)
            .delay(Duration.ofSeconds(10))
            .maxDelay(Duration.ofSeconds(30))
            .max(MINUTE)
            .build();
    /** A circuit breaker whose cooldowns end with a trial. */
    private final CooldownBreaker breaker = new CooldownBreaker(settings, time, true);

    private long untilNanos(Cooldown cooldown) {
        return cooldown.untilNanos() - time.nanoTime();
    }

    @Test
    void begin_cooldown_lastsUntilItsLastNanosecond() {
        assertSame(Decision.ALLOWED, breaker.enter());
        Cooldown begun = breaker.begin(ErrorKind.AUTHENTICATION, MINUTE);
        assertEquals(MINUTE.toNanos(), untilNanos(begun));
        assertEquals(time.now().plus(MINUTE), begun.until());
        time.advance(MINUTE.minus(NANO));
        assertSame(begun, breaker.look());
        assertFalse(breaker.isDue());
        assertSame(Decision.REFUSED, breaker.enter());
        time.advance(NANO);
        assertNull(breaker.look(), "an attempt may be the trial now");
        assertTrue(breaker.isDue());
        assertSame(begun, breaker.state());
    }

    @Test
    void enter_afterTheCooldown_allowsOneTrialAtATime() {
        Cooldown begun = breaker.begin(ErrorKind.SERVICE, MINUTE);
        time.advance(MINUTE);
        assertSame(Decision.TRIAL, breaker.enter());
        assertSame(begun, breaker.look(), "others still meet the cooldown during the trial");
        assertSame(Decision.REFUSED, breaker.enter());
        breaker.abandonTrial();
        assertNull(breaker.look());
        assertSame(Decision.TRIAL, breaker.enter());
        assertSame(begun, breaker.answered(time.nanoTime()));
        assertSame(Decision.ALLOWED, breaker.enter());
        assertFalse(breaker.isDue());
    }

    @Test
    void enter_afterARequestedWait_needsNoTrial() {
        CooldownBreaker rate = new CooldownBreaker(settings, time, false);
        Cooldown begun = rate.begin(ErrorKind.RATE_LIMIT, MINUTE);
        assertNull(rate.endIfOver());
        time.advance(MINUTE);
        assertNull(rate.look());
        assertSame(Decision.ALLOWED, rate.enter());
        assertSame(Decision.ALLOWED, rate.enter());
        assertSame(begun, rate.endIfOver());
        assertNull(rate.endIfOver());
        assertNull(rate.state());
        breaker.begin(ErrorKind.SERVICE, NANO);
        time.advance(MINUTE);
        assertNull(breaker.endIfOver(), "an estimated cooldown ends with a trial, not by itself");
    }

    @Test
    void answered_attemptFromBeforeTheCooldown_doesNotEndIt() {
        long before = time.nanoTime();
        time.advance(NANO);
        Cooldown begun = breaker.begin(ErrorKind.SERVICE, MINUTE);
        assertNull(breaker.answered(before));
        assertSame(begun, breaker.answered(before + 1));
        assertNull(breaker.answered(before + 1));
    }

    @Test
    void begin_duringAnotherCooldown_longerOneCounts() {
        breaker.begin(ErrorKind.SERVICE, Duration.ofSeconds(20));
        time.advance(Duration.ofSeconds(5));
        assertNull(breaker.begin(ErrorKind.SERVICE, Duration.ofSeconds(15).minus(NANO)));
        Cooldown same = breaker.begin(ErrorKind.TIMEOUT, Duration.ofSeconds(15));
        assertNotNull(same);
        assertEquals(ErrorKind.TIMEOUT, breaker.state().kind());
    }

    @Test
    void begin_zeroOrTooLong_isNoneOrTheMaximum() {
        assertNull(breaker.begin(ErrorKind.SERVICE, Duration.ZERO));
        assertEquals(MINUTE.toNanos(), untilNanos(breaker.begin(ErrorKind.SERVICE, MINUTE.plus(NANO))));
    }

    @Test
    void failed_oftenEnough_beginsACooldownThatFailedTrialsDouble() {
        assertNull(breaker.failed(ErrorKind.SERVICE, false));
        assertFalse(breaker.isBlank());
        Cooldown first = breaker.failed(ErrorKind.SERVICE, false);
        assertEquals(Duration.ofSeconds(10).toNanos(), untilNanos(first));
        assertNull(breaker.failed(ErrorKind.SERVICE, false), "a failure during the cooldown changes nothing");
        for (int seconds : new int[] {20, 30, 30}) {
            time.advance(MINUTE);
            assertSame(Decision.TRIAL, breaker.enter());
            assertEquals(Duration.ofSeconds(seconds).toNanos(), untilNanos(breaker.failed(ErrorKind.SERVICE, true)));
            assertSame(Decision.REFUSED, breaker.enter());
        }
        breaker.end();
        assertTrue(breaker.isBlank());
        breaker.failed(ErrorKind.SERVICE, false);
        Cooldown afresh = breaker.failed(ErrorKind.SERVICE, false);
        assertEquals(Duration.ofSeconds(10).toNanos(), untilNanos(afresh), "the length starts over");
    }

    @Test
    void failed_trialWhoseCooldownHasEnded_countsAsOneFailure() {
        assertNull(breaker.failed(ErrorKind.SERVICE, true));
        assertNotNull(breaker.failed(ErrorKind.SERVICE, true));
    }

    @Test
    void failed_afterFailuresIsZero_countsNothing() {
        CooldownBreaker never =
                new CooldownBreaker(settings.toBuilder().afterFailures(0).build(), time, true);
        for (int i = 0; i < 10; i++) {
            assertNull(never.failed(ErrorKind.SERVICE, false));
        }
        assertTrue(never.isBlank());
    }

    @Test
    void succeeded_betweenFailures_beginsNoCooldown() {
        for (int i = 0; i < 5; i++) {
            assertNull(breaker.failed(ErrorKind.SERVICE, false));
            breaker.succeeded();
        }
        breaker.succeeded();
        assertTrue(breaker.isBlank(), "the failures are forgotten");
        Cooldown begun = breaker.begin(ErrorKind.SERVICE, MINUTE);
        breaker.succeeded();
        breaker.abandonTrial();
        assertSame(begun, breaker.state());
        assertFalse(breaker.isBlank());
    }

    @Test
    void abandonTrial_noCooldown_attemptsAreStillAllowed() {
        breaker.abandonTrial();
        assertSame(Decision.ALLOWED, breaker.enter());
        assertNull(breaker.failed(ErrorKind.SERVICE, false));
    }
}
