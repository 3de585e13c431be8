package dev.llmspi.it.timing;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares real time with a narrow limit. On a machine with two busy cores, a thread can wake 100 ms late, no matter
 * what the code under test does. Two measures prevent such a delay from failing a test:
 *
 * <ul>
 *   <li>the longest {@link SchedulingDelay} since the start is subtracted;
 *   <li>{@link #twoOfThree} repeats a scenario that was late, and fails only if the scenario is late again.
 * </ul>
 *
 * <p>Faulty code is late every time, or very late. If the time exceeds the limit by more than {@link #FAR}, the test
 * fails immediately.
 *
 * <pre>{@code
 * Stopwatch.twoOfThree(() -> {
 *     Stopwatch watch = Stopwatch.start();
 *     call.cancel();
 *     server.awaitClientsGone(1);
 *     watch.assertAtMost(Duration.ofMillis(250), () -> "seen by the server");
 * });
 * }</pre>
 */
public final class Stopwatch {

    /**
     * The excess that fails a test immediately. A machine that is fit for these tests should never cause such a delay.
     */
    private static final Duration FAR = Duration.ofMillis(400);

    private final long startNanos;

    private Stopwatch(long startNanos) {
        this.startNanos = startNanos;
    }

    public static Stopwatch start() {
        SchedulingDelay.start();
        return new Stopwatch(System.nanoTime());
    }

    /** Returns the time since the start. */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** Fails if more time than the limit has passed since the start. */
    public void assertAtMost(Duration limit, Supplier<?> what) {
        assertAtMost(limit, elapsed(), what);
    }

    /** Fails if an operation since the start took longer than the limit. */
    public void assertAtMost(Duration limit, Duration took, Supplier<?> what) {
        Duration delay = Duration.ofNanos(SchedulingDelay.since(startNanos));
        Duration late = took.minus(delay).minus(limit);
        if (late.compareTo(Duration.ZERO) > 0) {
            String message = what.get() + ": took " + took.toMillis() + " ms instead of at most " + limit.toMillis()
                    + " ms; threads woke up to " + delay.toMillis() + " ms late";
            throw late.compareTo(FAR) > 0 ? new AssertionError(message) : new LateError(message);
        }
    }

    /**
     * Runs the scenario, and repeats it up to twice if it was late. Fails if it was late in two runs, or if it fails
     * for any other reason.
     */
    public static void twoOfThree(Scenario scenario) throws Exception {
        LateError first = lateness(scenario);
        if (first == null) {
            return;
        }
        LateError second = lateness(scenario);
        LateError last = second != null ? second : lateness(scenario);
        if (last != null) {
            last.addSuppressed(first);
            throw last;
        }
    }

    private static @Nullable LateError lateness(Scenario scenario) throws Exception {
        try {
            scenario.run();
            return null;
        } catch (LateError e) {
            return e;
        }
    }

    /** A scenario that can be repeated, because it starts everything that it needs. */
    @FunctionalInterface
    public interface Scenario {
        void run() throws Exception;
    }

    /** Thrown if the limit is exceeded only slightly, which may be the machine's fault. */
    private static final class LateError extends AssertionError {
        private static final long serialVersionUID = 1L;

        LateError(String message) {
            super(message);
        }
    }
}
