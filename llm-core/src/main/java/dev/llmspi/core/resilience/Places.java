package dev.llmspi.core.resilience;

import dev.llmspi.api.Cancellation;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.Nanos;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The places for requests under way at once. Not Failsafe's bulkhead: a wait that times out there keeps its turn and takes the next
 * free place with it (3.3.2), and it does not hear a cancel. Safe for use by many threads.
 */
final class Places {

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock. */
    private int free;

    Places(int count) {
        this.free = count;
    }

    /**
     * Waits for a place: not longer than allowed, and not beyond the end of the call.
     *
     * @return whether one was taken
     * @throws InterruptedException if the waiting thread is interrupted
     */
    @SuppressWarnings("try") // the registration is closed, never read
    boolean take(CallScope call, Duration longest) throws InterruptedException {
        try (Cancellation.Registration registration = call.cancellation().onCancel(this::wakeAll)) {
            lock.lockInterruptibly();
            try {
                long left = Nanos.of(longest);
                while (free == 0 && left > 0 && !call.cancellation().isCancelled()) {
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

    void giveBack() {
        lock.lock();
        try {
            free++;
            changed.signal(); // a waiter that has its signal takes the place, even if its time or its call is over
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
