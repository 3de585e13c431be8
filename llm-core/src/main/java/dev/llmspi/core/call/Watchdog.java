package dev.llmspi.core.call;

import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.runtime.ClientRuntime;
import dev.llmspi.core.runtime.FatalErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Supervises all running calls on a thread of its own. It terminates calls and attempts whose timeout has expired.
 * Every 50 ms it checks whether a waiting caller was interrupted, because a thread that is blocked in a socket does not
 * notice an interrupt. The thread starts with the first call and sleeps while there are no calls. No error ends it, and
 * if it is stopped from outside, the next call starts it again.
 */
public final class Watchdog implements AutoCloseable {

    /** How long a call may keep running after its termination before its asynchronous caller is informed anyway. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How long a provider may take to notice a termination; see {@code LlmProvider.chat}. */
    private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final Logger LOG = System.getLogger("dev.llmspi.call");
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** How often an action runs that fails because memory runs out, which is for a minute. */
    private static final int MOST_REPETITIONS = 1_200;
    /** Name prefixes of JDK classes, which are skipped when a report names the code that blocks a thread. */
    private static final List<String> JDK = List.of("java.", "jdk.", "sun.");

    private final ClientRuntime runtime;
    private final Set<ActiveCall> calls = ConcurrentHashMap.newKeySet();
    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable Thread thread;
    private volatile boolean idle;
    private volatile boolean closed;
    /** The time of the next check, on the time source's clock. */
    private volatile long nextCheck;
    /** The ID of the call whose failed check was logged last. Used only by the thread. */
    private String reported = "";

    Watchdog(ClientRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * Supervises a call, and starts the thread if it is not running.
     *
     * @throws LlmException if the process cannot have another thread; the call is not supervised then
     */
    void add(ActiveCall call) {
        calls.add(call);
        if (isRunning()) {
            if (idle) {
                LockSupport.unpark(thread);
            }
            return;
        }
        try {
            start();
        } catch (Throwable e) {
            calls.remove(call);
            if (FatalErrors.isThreadLimit(e)) {
                throw call.history().failed(AttemptErrors.noThread(e, false));
            }
            throw e;
        }
    }

    /** Asks the thread itself, because an error or {@code Thread.stop} may have ended it at any instant. */
    private boolean isRunning() {
        Thread started = thread;
        return started != null && started.isAlive();
    }

    void remove(ActiveCall call) {
        calls.remove(call);
    }

    /** Wakes up the watchdog if a new deadline comes before its next check. */
    void deadlineSet(long deadlineNanos) {
        if (deadlineNanos - nextCheck < 0) {
            LockSupport.unpark(thread);
        }
    }

    /** The running calls. */
    Set<ActiveCall> calls() {
        return calls;
    }

    /** Stops the thread as soon as the last call has ended. */
    @Override
    public void close() {
        closed = true;
        if (calls.isEmpty() || isRunning()) {
            LockSupport.unpark(thread);
        } else {
            start();
        }
    }

    private void start() {
        starting.lock();
        try {
            if (!isRunning()) {
                thread = runtime.startThread("llmspi-watchdog", this::run);
            }
        } finally {
            starting.unlock();
        }
    }

    /** Checks the calls until the watchdog is closed. No error ends this loop, not even one while handling an error. */
    private void run() {
        while (!closed || !calls.isEmpty()) { // after closing, calls that are still running remain supervised
            try {
                checkAll();
            } catch (Throwable e) {
                LockSupport.parkNanos(this, TICK_NANOS); // allocates nothing, because memory may have run out
            }
        }
    }

    private void checkAll() {
        Thread.interrupted(); // an interrupted thread would not sleep
        long now = runtime.time().nanoTime();
        long wait = TICK_NANOS;
        for (ActiveCall call : calls) {
            wait = Math.min(wait, check(call, now));
        }
        nextCheck = now + wait;
        if (!calls.isEmpty()) {
            LockSupport.parkNanos(this, Math.max(wait, 1));
            return;
        }
        idle = true;
        if (calls.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        idle = false;
    }

    /**
     * Checks one call and returns the number of nanoseconds until the next check. A call that cannot be terminated must
     * not affect the others, and a step that fails is repeated at the next check.
     */
    private long check(ActiveCall call, long now) {
        long wait = TICK_NANOS;
        try {
            wait = untilNextCheck(call, now);
        } catch (Throwable e) {
            failed(call, e);
        }
        try {
            return Math.min(wait, untilOverdue(call, now));
        } catch (Throwable e) {
            failed(call, e);
            return TICK_NANOS;
        }
    }

    /** Logs why a check failed, but not again for each repetition. */
    private void failed(ActiveCall call, Throwable e) {
        if (!reported.equals(call.callId())) {
            reported = call.callId();
            LOG.log(Level.WARNING, "call " + call.callId() + " could not be terminated", e);
        }
    }

    private long untilNextCheck(ActiveCall call, long now) {
        Thread runner = call.thread();
        if (runner != null && runner.isInterrupted()) {
            call.terminate(TerminationCause.INTERRUPT);
        }
        long left = call.deadlineNanos() - now;
        if (left <= 0) {
            call.terminate(TerminationCause.TOTAL_TIMEOUT);
        }
        long attemptLeft = Long.MAX_VALUE;
        for (AttemptExecution attempt : call.history().running()) {
            if (attempt.call() == call) {
                attemptLeft = Math.min(attemptLeft, untilNextCheck(attempt, now));
            }
        }
        for (AttemptExecution attempt : call.history().abandoned()) {
            if (attempt.call() == call && attempt.cause() != null) {
                attemptLeft = Math.min(attemptLeft, untilStuck(attempt, now));
            }
        }
        if (call.cause() == null) {
            return Math.min(attemptLeft, left);
        }
        call.terminateAttempts();
        call.repeatTermination();
        return attemptLeft;
    }

    private long untilNextCheck(AttemptExecution attempt, long now) {
        if (attempt.cause() != null) {
            attempt.repeatTermination();
            return untilStuck(attempt, now);
        }
        long left = attempt.timer().deadlineNanos() - now;
        if (left > 0) {
            return left;
        }
        attempt.terminate(attempt.timer().pending());
        return STUCK_NANOS;
    }

    private long untilOverdue(ActiveCall call, long now) {
        if (call.cause() == null || !call.hasOverdueCallback()) {
            return Long.MAX_VALUE;
        }
        long left = call.terminatedNanos() + GRACE_NANOS - now;
        if (left > 0) {
            return left;
        }
        runAside(call::runOverdueCallback);
        return TICK_NANOS;
    }

    /**
     * Reports a provider that keeps running after its attempt was terminated, because it blocks its thread. Ends the
     * attempt, because other calls may wait for its permit.
     */
    private long untilStuck(AttemptExecution attempt, long now) {
        Thread stuck = attempt.call().thread();
        if (attempt.timer().isStuckReported() || stuck == null) {
            return Long.MAX_VALUE;
        }
        long left = attempt.terminatedNanos() + STUCK_NANOS - now;
        if (left <= 0) {
            runAside(() -> {
                attempt.closed();
                reportStuck(attempt, stuck);
            });
            attempt.timer().stuckReported();
            return Long.MAX_VALUE;
        }
        return left;
    }

    private static void reportStuck(AttemptExecution attempt, Thread stuck) {
        String where = Stream.of(stuck.getStackTrace())
                .filter(frame -> JDK.stream().noneMatch(frame.getClassName()::startsWith))
                .findFirst()
                .map(frame -> " at " + frame)
                .orElse("");
        LOG.log(
                Level.WARNING,
                "call " + attempt.callId() + ": the attempt at "
                        + attempt.target().name() + " was ended (" + attempt.cause()
                        + "), but the provider goes on; it holds " + stuck + where);
    }

    /**
     * Runs an action on a thread of its own, because the action calls third-party code that may block. If memory runs
     * out, the action runs again, so it must be repeatable.
     *
     * @throws OutOfMemoryError if the process cannot have another thread
     */
    void runAside(Runnable action) {
        runtime.startThread("llmspi-aside", () -> {
            for (int i = 1; i < MOST_REPETITIONS; i++) {
                try {
                    action.run();
                    return;
                } catch (VirtualMachineError e) {
                    LockSupport.parkNanos(TICK_NANOS);
                }
            }
            action.run();
        });
    }
}
