package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.function.Executable;

/** Checks the CPU time of the current thread. Unlike real time, it does not depend on the load of the machine. */
final class CpuTime {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private CpuTime() {}

    static void assertWithin(Duration limit, Executable work) {
        long start = THREADS.getCurrentThreadCpuTime();
        try {
            work.execute();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("the work failed", e);
        }
        Duration taken = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - start);
        assertTrue(taken.compareTo(limit) <= 0, () -> "took " + taken + " of CPU time, more than " + limit);
    }
}
