package dev.llmspi.api;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Provides the time, sleeps and random numbers. Tests replace it to control the time and to get repeatable results.
 * Durations are measured with {@link #nanoTime}; the wall clock is read only for event timestamps and for dates sent by
 * servers.
 */
public interface TimeSource {

    /** Returns the time source that uses the system clock. */
    static TimeSource system() {
        return SystemTimeSource.INSTANCE;
    }

    /**
     * Returns the number of nanoseconds since an arbitrary fixed point. Only differences between values are meaningful,
     * and values never decrease.
     */
    long nanoTime();

    /** Returns the wall-clock time. */
    Instant now();

    /**
     * Waits until the duration has passed or the cancellation has fired.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     */
    void sleep(Duration duration, Cancellation cancellation) throws InterruptedException;

    /** Returns a random number that is at least 0 and less than 1. It is used to add jitter to the retry backoff. */
    default double random() {
        return ThreadLocalRandom.current().nextDouble();
    }
}
