package dev.llmspi.core.health;

import dev.llmspi.api.Cancellation;
import dev.llmspi.core.runtime.Nanos;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits the number of requests that run at the same time. Waiting requests receive slots in the order of their
 * arrival. This class replaces the bulkhead of Failsafe 3.3.2, in which a wait that times out still takes the next free
 * slot and in which a cancellation does not end a wait. Safe for use by many threads.
 */
public final class ConcurrencyLimiter {

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock. */
    private int free;

    ConcurrencyLimiter(int count) {
        this.free = count;
    }

    /**
     * Waits for a slot.
     *
     * @return false if no slot became free in time or before the cancellation fired
     * @throws InterruptedException if the waiting thread is interrupted
     */
    @SuppressWarnings("try") // the registration is only closed, never read
    boolean acquire(Duration longest, Cancellation cancellation) throws InterruptedException {
        try (Cancellation.Registration registration = cancellation.onCancel(this::wakeAll)) {
            lock.lockInterruptibly();
            try {
                long left = Nanos.of(longest);
                while (free == 0 && left > 0 && !cancellation.isCancelled()) {
                    left = changed.awaitNanos(left);
                }
                if (free == 0) {
                    return false;
                }
                free--;
                return true;
            } finally {
                lock.unlock();
            }
        }
    }

    void release() {
        lock.lock();
        try {
            free++;
            changed.signal(); // a signalled waiter takes the slot, even if its wait has timed out
        } finally {
            lock.unlock();
        }
    }

    private void wakeAll() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
