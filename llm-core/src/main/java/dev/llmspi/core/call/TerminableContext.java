package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A call or an attempt that any thread can terminate. Only the first termination has an effect. The cancellation is
 * created when it is first requested, because most calls never need it.
 */
abstract class TerminableContext implements CallContext {

    /** Written only while holding the lock of this object, like the two fields below. */
    private volatile @Nullable TerminationCause cause;

    private volatile long terminatedNanos;
    private volatile @Nullable Cancellation cancellation;
    private volatile @Nullable Runnable whenOverdue;

    /** The call that this context belongs to. */
    abstract ActiveCall call();

    /** The attempt itself, or the running attempt if this context is a call. Null if no attempt is running. */
    abstract @Nullable AttemptExecution attempt();

    @Override
    public final String callId() {
        return call().info().callId();
    }

    @Override
    public final Optional<String> requestId() {
        return call().info().requestId();
    }

    @Override
    public final Optional<String> agent() {
        return call().info().agent();
    }

    @Override
    public final Map<String, String> tags() {
        return call().info().tags();
    }

    /** The cause of the termination. Null if this context has not been terminated. */
    final @Nullable TerminationCause cause() {
        return cause;
    }

    /** The cause of the termination, or of the call's termination. Notices an interrupt of the call's thread. */
    final @Nullable TerminationCause causeNow() {
        ActiveCall call = call();
        Thread current = Thread.currentThread();
        if (cause == null && current == call.thread() && current.isInterrupted()) {
            call.terminate(TerminationCause.INTERRUPT); // the provider noticed the interrupt before the watchdog did
        }
        TerminationCause own = cause;
        return own != null ? own : call.cause(); // the call is terminated a moment before its attempt
    }

    /**
     * Throws if this context was terminated, even if the next event of a stream has already arrived.
     *
     * @param now the current time on the time source's clock
     */
    final void throwIfTerminated(long now) {
        if (call().deadlineNanos() - now <= 0) {
            call().terminate(TerminationCause.TOTAL_TIMEOUT);
        }
        if (causeNow() != null) {
            throw new CancellationException("the attempt was terminated");
        }
    }

    /** The time of the termination, on the time source's clock. */
    final long terminatedNanos() {
        return terminatedNanos;
    }

    /**
     * Terminates this context and fires its cancellation. Has no effect if it was already terminated.
     *
     * @return false if it was already terminated
     */
    boolean terminate(TerminationCause why) {
        if (cause != null) {
            return false;
        }
        long now = call().now();
        Cancellation fired;
        synchronized (this) {
            if (cause != null) {
                return false;
            }
            terminatedNanos = now; // must be written before the cause, because readers check the cause first
            cause = why;
            fired = cancellation;
        }
        if (fired != null) {
            fired.cancel();
        }
        return true;
    }

    /** Sets the callback that informs an asynchronous caller if this is terminated but does not stop in time. */
    public final void whenOverdue(Runnable callback) {
        whenOverdue = callback;
    }

    final boolean hasOverdueCallback() {
        return whenOverdue != null;
    }

    /** Runs the callback set by {@link #whenOverdue} and removes it. Keeps it if memory runs out. */
    final void runOverdueCallback() {
        Runnable callback;
        synchronized (this) {
            callback = whenOverdue;
            whenOverdue = null;
        }
        if (callback != null) {
            try {
                callback.run();
            } catch (VirtualMachineError e) {
                whenOverdue = callback;
                throw e;
            }
        }
    }

    /** Runs the actions of a terminated context's cancellation that failed for lack of memory or threads. */
    final void repeatTermination() {
        Cancellation fired = cancellation;
        if (cause != null && fired != null) {
            fired.cancel();
        }
    }

    @Override
    public final Cancellation cancellation() {
        Cancellation known = cancellation;
        return known != null ? known : createCancellation();
    }

    private synchronized Cancellation createCancellation() {
        Cancellation created = cancellation;
        if (created == null) {
            created = Cancellation.create();
            if (cause != null) {
                created.cancel();
            }
            cancellation = created;
        }
        return created;
    }
}
