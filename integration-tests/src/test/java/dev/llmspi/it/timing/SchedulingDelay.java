package dev.llmspi.it.timing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how late the system wakes threads in this JVM. Linux keeps a run queue per core, so one core can delay its
 * threads by 100 ms while the other cores cause no delay. A single measuring thread would miss such a delay. With
 * several threads per core, it is likely that each core runs one of them.
 */
final class SchedulingDelay {

    private static final int THREADS_PER_CORE = 2;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long NOTABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final SchedulingDelay SAMPLING = new SchedulingDelay();

    private record Delay(long endNanos, long nanos) {}

    /** Access is guarded by synchronizing on this queue. */
    private final Deque<Delay> delays = new ArrayDeque<>();

    private SchedulingDelay() {
        int threads = THREADS_PER_CORE * Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(this::sample, "scheduling-delay-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Starts the measuring threads unless they are already running. They run until the JVM ends. */
    static void start() {
        SAMPLING.longestSince(System.nanoTime());
    }

    /** Returns the longest delay in nanoseconds that ended after the given {@code System.nanoTime()}. */
    static long since(long startNanos) {
        return SAMPLING.longestSince(startNanos);
    }

    private long longestSince(long startNanos) {
        synchronized (delays) {
            return delays.stream()
                    .filter(delay -> delay.endNanos - startNanos > 0)
                    .mapToLong(Delay::nanos)
                    .max()
                    .orElse(0);
        }
    }

    private void sample() {
        long before = System.nanoTime();
        while (true) {
            LockSupport.parkNanos(NAP_NANOS);
            long now = System.nanoTime();
            long delay = now - before - NAP_NANOS;
            if (delay > NOTABLE_NANOS) {
                add(new Delay(now, delay));
            }
            before = now;
        }
    }

    private void add(Delay delay) {
        synchronized (delays) {
            delays.addLast(delay);
            while (delay.endNanos - delays.getFirst().endNanos > KEPT_NANOS) {
                delays.removeFirst();
            }
        }
    }
}
