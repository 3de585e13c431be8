package dev.llmspi.it.faults;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long the machine has stood still: the longest time beyond what it asked for in which a thread was not woken. A test with a
 * narrow limit takes it off what it measured; what the code under test does to its own threads does not show here.
 */
final class Standstill implements AutoCloseable {

    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Thread thread = new Thread(this::watch, "standstill");
    private long longest;
    private volatile boolean closed;

    Standstill() {
        thread.setDaemon(true);
        thread.start();
    }

    /** The longest one since the last call of this, in milliseconds. */
    synchronized long takeMillis() {
        long millis = TimeUnit.NANOSECONDS.toMillis(longest);
        longest = 0;
        return millis;
    }

    private void watch() {
        long before = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(NAP_NANOS);
            long now = System.nanoTime();
            note(now - before - NAP_NANOS);
            before = now;
        }
    }

    private synchronized void note(long nanos) {
        longest = Math.max(longest, nanos);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
