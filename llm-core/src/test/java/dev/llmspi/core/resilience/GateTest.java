package dev.llmspi.core.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.resilience.Gate.Entry;
import dev.llmspi.core.settings.CooldownSettings;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A cooldown to the nanosecond: when it begins, when it is over, who tries. */
class GateTest {

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
    /** Needs a trial. */
    private final Gate gate = new Gate(settings, time, true);

    private long untilNanos(Cooldown cooldown) {
        return cooldown.untilNanos() - time.nanoTime();
    }

    @Test
    void begin_cooldown_lastsToItsLastNanosecond() {
        assertSame(Entry.FREE, gate.enter());
        Cooldown begun = gate.begin(ErrorKind.AUTHENTICATION, MINUTE);
        assertEquals(MINUTE.toNanos(), untilNanos(begun));
        assertEquals(time.now().plus(MINUTE), begun.until());
        time.advance(MINUTE.minus(NANO));
        assertSame(begun, gate.look());
        assertFalse(gate.isDue());
        assertSame(Entry.REFUSED, gate.enter());
        time.advance(NANO);
        assertNull(gate.look(), "an attempt may be the trial now");
        assertTrue(gate.isDue());
        assertSame(begun, gate.state());
    }

    @Test
    void enter_afterTheCooldown_letsOneTryAtATime() {
        Cooldown begun = gate.begin(ErrorKind.SERVICE, MINUTE);
        time.advance(MINUTE);
        assertSame(Entry.TRIAL, gate.enter());
        assertSame(begun, gate.look(), "others run into it as long as the trial is under way");
        assertSame(Entry.REFUSED, gate.enter());
        gate.abandonTrial();
        assertNull(gate.look());
        assertSame(Entry.TRIAL, gate.enter());
        assertSame(begun, gate.answered(time.nanoTime()));
        assertSame(Entry.FREE, gate.enter());
        assertFalse(gate.isDue());
    }

    @Test
    void enter_afterAWaitThatWasAskedFor_needsNoTrial() {
        Gate rate = new Gate(settings, time, false);
        Cooldown begun = rate.begin(ErrorKind.RATE_LIMIT, MINUTE);
        assertNull(rate.endIfOver());
        time.advance(MINUTE);
        assertNull(rate.look());
        assertSame(Entry.FREE, rate.enter());
        assertSame(Entry.FREE, rate.enter());
        assertSame(begun, rate.endIfOver());
        assertNull(rate.endIfOver());
        assertNull(rate.state());
        gate.begin(ErrorKind.SERVICE, NANO);
        time.advance(MINUTE);
        assertNull(gate.endIfOver(), "a guess is ended by a trial, not by the time");
    }

    @Test
    void answered_byAnAttemptFromBefore_provesNothing() {
        long before = time.nanoTime();
        time.advance(NANO);
        Cooldown begun = gate.begin(ErrorKind.SERVICE, MINUTE);
        assertNull(gate.answered(before));
        assertSame(begun, gate.answered(before + 1));
        assertNull(gate.answered(before + 1));
    }

    @Test
    void begin_whileOneIsOn_theLongerOneCounts() {
        gate.begin(ErrorKind.SERVICE, Duration.ofSeconds(20));
        time.advance(Duration.ofSeconds(5));
        assertNull(gate.begin(ErrorKind.SERVICE, Duration.ofSeconds(15).minus(NANO)));
        Cooldown same = gate.begin(ErrorKind.TIMEOUT, Duration.ofSeconds(15));
        assertNotNull(same);
        assertEquals(ErrorKind.TIMEOUT, gate.state().kind());
    }

    @Test
    void begin_ofNoLengthOrTooLong_isNoneOrTheLongest() {
        assertNull(gate.begin(ErrorKind.SERVICE, Duration.ZERO));
        assertEquals(MINUTE.toNanos(), untilNanos(gate.begin(ErrorKind.SERVICE, MINUTE.plus(NANO))));
    }

    @Test
    void failed_oftenEnough_beginsACooldownThatDoublesWithEachTrialThatFails() {
        assertNull(gate.failed(ErrorKind.SERVICE, false));
        assertFalse(gate.isBlank());
        Cooldown first = gate.failed(ErrorKind.SERVICE, false);
        assertEquals(Duration.ofSeconds(10).toNanos(), untilNanos(first));
        assertNull(gate.failed(ErrorKind.SERVICE, false), "asked all the same: nothing new");
        for (int seconds : new int[] {20, 30, 30}) {
            time.advance(MINUTE);
            assertSame(Entry.TRIAL, gate.enter());
            assertEquals(Duration.ofSeconds(seconds).toNanos(), untilNanos(gate.failed(ErrorKind.SERVICE, true)));
            assertSame(Entry.REFUSED, gate.enter());
        }
        gate.end();
        assertTrue(gate.isBlank());
        gate.failed(ErrorKind.SERVICE, false);
        Cooldown afresh = gate.failed(ErrorKind.SERVICE, false);
        assertEquals(Duration.ofSeconds(10).toNanos(), untilNanos(afresh), "it begins small again");
    }

    @Test
    void failed_trialWhoseCooldownHasEnded_countsLikeAnyOther() {
        assertNull(gate.failed(ErrorKind.SERVICE, true));
        assertNotNull(gate.failed(ErrorKind.SERVICE, true));
    }

    @Test
    void failed_thatNeverCounts_changesNothing() {
        Gate never = new Gate(settings.toBuilder().afterFailures(0).build(), time, true);
        for (int i = 0; i < 10; i++) {
            assertNull(never.failed(ErrorKind.SERVICE, false));
        }
        assertTrue(never.isBlank());
    }

    @Test
    void succeeded_betweenFailures_keepsItOpen() {
        for (int i = 0; i < 5; i++) {
            assertNull(gate.failed(ErrorKind.SERVICE, false));
            gate.succeeded();
        }
        gate.succeeded();
        assertTrue(gate.isBlank(), "the failures are forgotten");
        Cooldown begun = gate.begin(ErrorKind.SERVICE, MINUTE);
        gate.succeeded();
        gate.abandonTrial();
        assertSame(begun, gate.state());
        assertFalse(gate.isBlank());
    }

    @Test
    void abandonTrial_withoutACooldown_shutsNothing() {
        gate.abandonTrial();
        assertSame(Entry.FREE, gate.enter());
        assertNull(gate.failed(ErrorKind.SERVICE, false));
    }
}
