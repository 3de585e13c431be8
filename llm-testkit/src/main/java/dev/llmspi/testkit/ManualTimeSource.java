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
 * A clock that stands still until a test moves it. Safe for use by many threads.
 *
 * <p>Sleeping takes no time: {@link #sleep} notes the duration, moves the clock on by it and returns, so that code with long
 * waits is tested at once and its waits are found in {@link #sleeps()}. After {@link #blocking()} a sleeper stays where it is
 * until {@link #advance} reaches its time or its cancellation fires.
 *
 * <pre>{@code
 * ManualTimeSource time = ManualTimeSource.create();
 * // … a call that is retried twice …
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

    /** A clock that shows the first instant of 2026, in UTC. */
    public static ManualTimeSource create() {
        return startingAt(DEFAULT_START);
    }

    /** A clock that shows the given instant. */
    public static ManualTimeSource startingAt(Instant start) {
        return new ManualTimeSource(Objects.requireNonNull(start, "start"));
    }

    /** From now on, sleepers wait for {@link #advance} or their cancellation. */
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
     * Sets the random numbers, each at least 0 and below 1: fixed, or from a generator with a seed. Default: always 0.5, so that
     * every wait of a test is the same each time.
     */
    public ManualTimeSource randomFrom(DoubleSupplier numbers) {
        dice = Objects.requireNonNull(numbers, "numbers");
        return this;
    }

    /**
     * Moves the clock on and wakes the sleepers whose time has come.
     *
     * @throws IllegalArgumentException if the duration is negative: this clock does not go back
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("duration must not be negative, not " + duration);
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

    /** All waits asked for so far, in order, those that were cancelled included. */
    public List<Duration> sleeps() {
        lock.lock();
        try {
            return List.copyOf(sleeps);
        } finally {
            lock.unlock();
        }
    }

    @Override
    @SuppressWarnings("try") // the registration is closed, never read
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
     * Waits, in real time, until a thread sleeps on this clock.
     *
     * @throws AssertionError if there is none within ten seconds
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
