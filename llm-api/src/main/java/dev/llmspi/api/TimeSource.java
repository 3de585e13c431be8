package dev.llmspi.api;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The clock, the sleeper and the dice, so that tests move time by hand and repeat what they did. Durations come from
 * {@link #nanoTime}; the wall clock is read only to stamp events and to understand dates a server sends.
 */
public interface TimeSource {

    /** The clock of this machine. */
    static TimeSource system() {
        return SystemTimeSource.INSTANCE;
    }

    /** Nanoseconds since some fixed point; only differences mean anything. Never goes back. */
    long nanoTime();

    /** The wall clock. */
    Instant now();

    /**
     * Waits until the duration is over or the cancellation has fired, whichever comes first.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     */
    void sleep(Duration duration, Cancellation cancellation) throws InterruptedException;

    /** A random number, at least 0 and below 1: spreads the waits of many callers. */
    default double random() {
        return ThreadLocalRandom.current().nextDouble();
    }
}
