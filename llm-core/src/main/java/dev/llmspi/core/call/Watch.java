package dev.llmspi.core.call;

import dev.llmspi.api.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that looks after all calls under way: it rings their clocks, and looks every 50 ms whether a waiting caller
 * was interrupted, which a thread blocked in a socket does not notice by itself. It acts only by cancelling the call. Without
 * calls it sleeps; it starts with the first call.
 */
public final class Watch implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final TimeSource time;
    private final Set<CallScope> calls = ConcurrentHashMap.newKeySet();
    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable Thread thread;
    private volatile boolean idle;
    private volatile boolean closed;
    /** When the thread looks next, on the time source's clock. */
    private volatile long nextLook;

    public Watch(TimeSource time) {
        this.time = time;
    }

    void add(CallScope call) {
        calls.add(call);
        if (thread == null) {
            start();
        } else if (idle) {
            LockSupport.unpark(thread);
        }
    }

    void remove(CallScope call) {
        calls.remove(call);
    }

    /** A clock was set that may ring before the thread looks next. */
    void clockSet(long deadlineNanos) {
        if (deadlineNanos - nextLook < 0) {
            LockSupport.unpark(thread);
        }
    }

    /** The calls under way. */
    public Set<CallScope> calls() {
        return calls;
    }

    /** Goes on until the last call has ended, then the thread ends. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void start() {
        starting.lock();
        try {
            if (thread == null) {
                Thread started = new Thread(this::run, "llmspi-watch");
                started.setDaemon(true);
                started.start();
                thread = started;
            }
        } finally {
            starting.unlock();
        }
    }

    /** Whatever a call does when it is ended, the others are looked after. */
    private static long look(CallScope call, long now) {
        try {
            return call.look(now);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "call " + call.callId() + " could not be ended", e);
            return TICK_NANOS;
        }
    }

    private void run() {
        while (!closed || !calls.isEmpty()) { // calls that do not end at once are still attended to
            long now = time.nanoTime();
            long wait = TICK_NANOS;
            for (CallScope call : calls) {
                wait = Math.min(wait, look(call, now));
            }
            nextLook = now + wait;
            if (!calls.isEmpty()) {
                LockSupport.parkNanos(this, Math.max(wait, 1));
                continue;
            }
            idle = true;
            if (calls.isEmpty() && !closed) {
                LockSupport.park(this);
            }
            idle = false;
        }
    }
}
