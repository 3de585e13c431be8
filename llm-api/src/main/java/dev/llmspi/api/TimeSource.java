package dev.llmspi.api;

import java.time.Duration;
import java.time.Instant;

/**
 * The clock and the sleeper, so that tests move time by hand. Durations come from {@link #nanoTime}; the wall clock is read
 * only to stamp events and to understand dates a server sends.
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
}
