package dev.llmspi.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Cancellation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ManualTimeSourceTest {

    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualTimeSource time = ManualTimeSource.startingAt(START);
    private final Cancellation cancellation = Cancellation.create();

    @Test
    void advance_movesBothClocks() {
        long before = time.nanoTime();

        time.advance(MINUTE);

        assertEquals(MINUTE.toNanos(), time.nanoTime() - before);
        assertEquals(START.plus(MINUTE), time.now());
    }

    @Test
    void advance_negative_isRejected() {
        assertThrows(IllegalArgumentException.class, () -> time.advance(Duration.ofNanos(-1)));
    }

    @Test
    void sleep_byDefault_movesTheClockAndReturns() throws Exception {
        time.sleep(MINUTE, cancellation);
        time.sleep(MINUTE.multipliedBy(2), cancellation);

        assertEquals(START.plus(MINUTE.multipliedBy(3)), time.now());
        assertEquals(List.of(MINUTE, MINUTE.multipliedBy(2)), time.sleeps());
    }

    @Test
    void sleep_cancelledBefore_leavesTheClock() throws Exception {
        cancellation.cancel();

        time.sleep(MINUTE, cancellation);

        assertEquals(START, time.now());
        assertEquals(List.of(MINUTE), time.sleeps());
    }

    @Test
    void sleep_interruptedThread_throws() {
        Thread.currentThread().interrupt();

        assertThrows(InterruptedException.class, () -> time.sleep(MINUTE, cancellation));

        assertFalse(Thread.interrupted(), "the exception clears the interrupt flag");
        assertEquals(START, time.now());
    }

    @Test
    void blocking_advanceTooShort_keepsTheThreadAsleep() throws Exception {
        FutureTask<Instant> sleeper = startSleeper(MINUTE);

        time.advance(MINUTE.minusNanos(1));
        time.awaitSleeper();
        assertFalse(sleeper.isDone());
        time.advance(Duration.ofNanos(1));

        assertEquals(START.plus(MINUTE), sleeper.get(10, TimeUnit.SECONDS));
    }

    @Test
    void blocking_cancelled_wakesTheThread() throws Exception {
        FutureTask<Instant> sleeper = startSleeper(MINUTE);

        cancellation.cancel();

        assertEquals(START, sleeper.get(10, TimeUnit.SECONDS));
    }

    @Test
    void blocking_zeroDuration_returnsAtOnce() throws Exception {
        time.blocking().sleep(Duration.ZERO, cancellation);

        assertTrue(time.sleeps().contains(Duration.ZERO));
    }

    private FutureTask<Instant> startSleeper(Duration duration) throws InterruptedException {
        time.blocking();
        FutureTask<Instant> sleeper = new FutureTask<>(() -> {
            time.sleep(duration, cancellation);
            return time.now();
        });
        Thread thread = new Thread(sleeper, "sleeper");
        thread.setDaemon(true);
        thread.start();
        time.awaitSleeper();
        return sleeper;
    }
}
