package dev.llmspi.testkit;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;

/**
 * A time source that only advances when a test tells it to. Thread-safe.
 *
 * <p>By default, sleeping takes no real time: {@link #sleep} records the duration, advances the clock by it and
 * returns. This keeps tests of code with long waits fast, and {@link #sleeps()} returns the recorded durations. After
 * {@link #blocking()} was called, a sleeping thread waits until {@link #advance} moves the clock to the end of its
 * sleep or the sleep is cancelled.
 *
 * <pre>{@code
 * ManualTimeSource time = ManualTimeSource.create();
 * // … make a call that is retried twice …
 * assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)), time.sleeps());
 * }</pre>
 */
public final class ManualTimeSource implements TimeSource {

    private static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Duration> sleeps = new ArrayList<>();
    private final Instant start;
    private volatile DoubleSupplier dice = () -> 0.5;
    private long elapsedNanos;
    private boolean blocking;
    private int sleepers;

    private ManualTimeSource(Instant start) {
        this.start = start;
    }

    /** Returns a time source that starts at the first instant of 2026 in UTC. */
    public static ManualTimeSource create() {
        return startingAt(DEFAULT_START);
    }

    /** Returns a time source that starts at the given instant. */
    public static ManualTimeSource startingAt(Instant start) {
        return new ManualTimeSource(Objects.requireNonNull(start, "start"));
    }

    /** From now on, makes a sleeping thread wait until {@link #advance} ends its sleep or the sleep is cancelled. */
    public ManualTimeSource blocking() {
        lock.lock();
        try {
            blocking = true;
            return this;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets the source of random numbers, each of which must be at least 0 and below 1. Use a constant or a seeded
     * generator, so that the waits in a test are repeatable. By default, the number is always 0.5.
     */
    public ManualTimeSource randomFrom(DoubleSupplier numbers) {
        dice = Objects.requireNonNull(numbers, "numbers");
        return this;
    }

    /**
     * Advances the clock and wakes the threads whose sleep has ended.
     *
     * @throws IllegalArgumentException if the duration is negative
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("duration must not be negative: " + duration);
        }
        lock.lock();
        try {
            move(duration);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nanoTime() {
        lock.lock();
        try {
            return elapsedNanos;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public double random() {
        return dice.getAsDouble();
    }

    @Override
    public Instant now() {
        return start.plusNanos(nanoTime());
    }

    /** Returns the durations of all sleeps so far in order, including the sleeps that were cancelled. */
    public List<Duration> sleeps() {
        lock.lock();
        try {
            return List.copyOf(sleeps);
        } finally {
            lock.unlock();
        }
    }

    @Override
    @SuppressWarnings("try") // the registration is never used, only closed
    public void sleep(Duration duration, Cancellation cancellation) throws InterruptedException {
        try (Cancellation.Registration registration = cancellation.onCancel(this::wake)) {
            lock.lockInterruptibly();
            try {
                sleeps.add(duration);
                if (cancellation.isCancelled() || duration.isNegative()) {
                    return;
                }
                if (blocking) {
                    awaitTime(Math.addExact(elapsedNanos, duration.toNanos()), cancellation);
                } else {
                    move(duration);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Waits, in real time, until a thread sleeps on this time source.
     *
     * @throws AssertionError if that takes more than ten seconds
     */
    public void awaitSleeper() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = Patience.NANOS;
            while (sleepers == 0) {
                if (left <= 0) {
                    throw new AssertionError("no thread sleeps on this clock after " + Patience.TEXT
                            + (blocking ? "" : "; sleepers wait only after blocking()"));
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitTime(long wakeAt, Cancellation cancellation) throws InterruptedException {
        sleepers++;
        changed.signalAll();
        try {
            while (elapsedNanos < wakeAt && !cancellation.isCancelled()) {
                changed.await();
            }
        } finally {
            sleepers--;
        }
    }

    private void move(Duration duration) {
        elapsedNanos = Math.addExact(elapsedNanos, duration.toNanos());
        changed.signalAll();
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "ManualTimeSource[" + now() + "]";
    }
}
