package dev.llmspi.core.runtime;

import dev.llmspi.api.TimeSource;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The resources that a client and its views share: the clock, the client's timeouts, the executor, and the number of
 * calls in flight. It closes the resources that the client created. Safe for use by many threads.
 */
public final class ClientRuntime {

    private final TimeSource time;
    private final TimeoutSettings timeouts;
    private final @Nullable Executor given;
    private final ThreadFactory threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noneLeft = lock.newCondition();
    /** Not guarded by the lock, because every call on every thread updates it. */
    private final AtomicInteger inFlight = new AtomicInteger();

    private volatile boolean closing;
    private boolean closed;
    /** Whether the shutdown cancelled calls that were still in flight. */
    private boolean callsCut;

    private @Nullable ExecutorService own;
    /** Whether the client's own executor had to do without virtual threads. */
    private boolean platformThreads;

    private final List<Runnable> closeActions = new ArrayList<>();

    /** @param given the user's executor; null to create one when it is first needed */
    public ClientRuntime(TimeSource time, TimeoutSettings timeouts, @Nullable Executor given) {
        this(time, timeouts, given, task -> WorkerThreads.daemon("llmspi", task));
    }

    /**
     * @param given the user's executor; null to create one when it is first needed
     * @param threads creates the threads that supervise calls
     */
    public ClientRuntime(TimeSource time, TimeoutSettings timeouts, @Nullable Executor given, ThreadFactory threads) {
        this.time = time;
        this.timeouts = timeouts;
        this.given = given;
        this.threads = threads;
    }

    public TimeSource time() {
        return time;
    }

    /**
     * Starts a daemon thread.
     *
     * @throws OutOfMemoryError if the process cannot have another thread; see {@link FatalErrors#isThreadLimit}
     */
    public Thread startThread(String name, Runnable task) {
        Thread thread = threads.newThread(task);
        thread.setName(name);
        thread.start();
        return thread;
    }

    /** The client's timeouts. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    /** Adds an action to run when the client closes. Actions run in the order in which they were added. */
    public void onClose(Runnable action) {
        lock.lock();
        try {
            closeActions.add(action);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs a task on the user's executor or on the client's own.
     *
     * @throws IllegalStateException if the client is closed
     */
    public void execute(Runnable task) {
        if (given != null) {
            given.execute(task);
            return;
        }
        try {
            ownExecutor(false).execute(task);
        } catch (RejectedExecutionException e) {
            refuseIfClosing(); // the client may have closed after it handed out its executor
            throw e;
        } catch (LinkageError e) {
            // If the JVM lacks a thread when it creates its first virtual thread, it never creates another one.
            ownExecutor(true).execute(task);
        }
    }

    /** @param daemons whether virtual threads cannot be used */
    private Executor ownExecutor(boolean daemons) {
        lock.lock();
        try {
            refuseIfClosing();
            if (daemons && !platformThreads) {
                platformThreads = true;
                own = WorkerThreads.daemons();
            } else if (own == null) {
                own = WorkerThreads.create();
            }
            return own;
        } finally {
            lock.unlock();
        }
    }

    private void refuseIfClosing() {
        if (closing) {
            throw new IllegalStateException("the client is closed");
        }
    }

    /**
     * Counts a call that begins. The call is counted before it can be refused, so that a shutdown in progress either
     * refuses the call or waits for it.
     *
     * @param within whether the call is part of another call, which is counted too. Such a call is not refused, because
     *     the other one must be able to come to its end
     * @throws IllegalStateException if the client is closed
     */
    public void callBegins(boolean within) {
        inFlight.incrementAndGet();
        if (closing && !within) {
            callEnded();
            refuseIfClosing();
        }
    }

    /** Counts a call that has ended. */
    public void callEnded() {
        if (inFlight.decrementAndGet() == 0 && closing) {
            lock.lock();
            try {
                noneLeft.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Refuses new calls, waits for those in flight, and closes everything. Idempotent.
     *
     * @param drain the longest time to wait
     * @return whether all calls ended in that time, and no earlier shutdown has cancelled any
     */
    public boolean shutdown(Duration drain) {
        boolean drained;
        ExecutorService pool;
        List<Runnable> actions;
        lock.lock();
        try {
            closing = true;
            drained = awaitNone(drain);
            if (closed) {
                return drained && !callsCut;
            }
            closed = true;
            callsCut = !drained;
            pool = own;
            actions = new ArrayList<>(closeActions);
        } finally {
            lock.unlock();
        }
        if (pool != null) {
            actions.add(pool::shutdown);
        }
        runAll(actions);
        return drained;
    }

    /** Runs all actions, even if one of them throws. */
    public static void runAll(List<Runnable> actions) {
        if (!actions.isEmpty()) {
            try {
                actions.get(0).run();
            } finally {
                runAll(actions.subList(1, actions.size()));
            }
        }
    }

    private boolean awaitNone(Duration drain) {
        long left = Nanos.of(drain);
        try {
            while (inFlight.get() > 0 && left > 0) {
                left = noneLeft.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the caller does not want to wait any longer, so the calls end now
        }
        return inFlight.get() == 0;
    }
}
