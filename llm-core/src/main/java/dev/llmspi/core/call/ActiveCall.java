package dev.llmspi.core.call;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.health.KeysAhead;
import dev.llmspi.core.routing.ResolvedRoute;
import dev.llmspi.core.runtime.FatalErrors;
import dev.llmspi.core.runtime.Nanos;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call from start to end, with its identity, total timeout, cancellation, history and listeners. It is the context
 * that call decorators receive. Its history belongs to the thread that runs it, but any thread may terminate it.
 */
public final class ActiveCall extends TerminableContext implements AutoCloseable {

    private final ActiveCalls calls;
    private final @Nullable ActiveCall parent;
    private final CallInfo info;
    private final Map<String, String> headers;
    private final TimeoutSettings timeouts;
    private final @Nullable ResolvedRoute route;
    private final CallReport report;
    private final long startNanos;
    private final long deadlineNanos;
    private final Cancellation.@Nullable Registration callersCancellation;
    private final CallHistory history;
    private volatile @Nullable Thread thread;
    private volatile @Nullable AttemptExecution answeringAttempt;
    /** The answers of key sources that wait for the next attempt. Set when a key is asked for before its attempt. */
    volatile @Nullable KeysAhead keysAhead;

    /**
     * Opens the call and starts its total timeout.
     *
     * @param timeouts the timeouts set by the caller, the mode and the agent; their total timeout is that of the call
     * @param route the route resolved for the call; null if it has none
     * @param callers the caller's cancellation; null if there is none
     * @param own the caller's listener for this call; null if there is none
     * @param parent the outer call, which shares its history and listeners and reports start and end; null if none
     */
    ActiveCall(
            ActiveCalls calls,
            CallInfo info,
            Map<String, String> headers,
            TimeoutSettings timeouts,
            @Nullable ResolvedRoute route,
            @Nullable Cancellation callers,
            @Nullable LlmListener own,
            @Nullable ActiveCall parent) {
        this.calls = calls;
        this.parent = parent;
        this.info = info;
        this.headers = headers.isEmpty() ? Map.of() : Collections.unmodifiableMap(headers);
        this.timeouts = timeouts;
        this.route = route;
        this.history = parent == null ? new CallHistory(info.callId()) : parent.history;
        this.startNanos = now();
        this.deadlineNanos =
                startNanos + Nanos.of(timeouts.over(calls.timeouts()).total());
        this.report = parent == null ? new CallReport(info, history, calls.listeners(), own) : parent.report;
        try {
            report.rethrowFatalAtStart();
            calls.watchdog().add(this);
            calls.watchdog().deadlineSet(deadlineNanos);
            if (calls.isClosed()) {
                terminate(TerminationCause.CLOSED); // the client may have closed just before this call was added
            }
            this.callersCancellation =
                    callers == null ? null : callers.onCancel(() -> terminate(TerminationCause.CALLER));
        } catch (Throwable e) {
            calls.watchdog().remove(this);
            finished(null, e);
            throw e;
        }
    }

    /** Runs the call on this thread, tells the listeners how it ended, and closes it. */
    public ChatResponse run(Function<ActiveCall, @Nullable ChatResponse> action) {
        try {
            runsOnThisThread();
            throwIfTerminated();
            ChatResponse answer = action.apply(this);
            endAttempts();
            ChatResponse response = history.ensureCompleted(answer);
            finished(response, null);
            return response;
        } catch (LlmException e) {
            endAttempts();
            LlmException complete = history.ensureCompleted(e);
            finished(null, complete);
            throw complete;
        } catch (Throwable e) {
            finished(null, e);
            throw e;
        } finally {
            close(); // after the listeners, because the watchdog informs the caller if they block
            calls.ended();
        }
    }

    /** Marks the current thread as the one that runs the call. Interrupting this thread ends the call. */
    void runsOnThisThread() {
        thread = Thread.currentThread();
    }

    /** Marks that no thread is running the call now. */
    void runsOnNoThread() {
        thread = null;
    }

    /** The thread that is running the call now; null if there is none. */
    @Nullable
    Thread thread() {
        return thread;
    }

    /** Terminates the call and its running attempt. */
    @Override
    public boolean terminate(TerminationCause why) {
        try {
            return super.terminate(why);
        } finally {
            terminateAttempts(); // runs even if an action of the cancellation throws a fatal error
        }
    }

    /**
     * Ends a terminated call whose thread still runs. Listeners may block, so another thread calls them.
     *
     * @param inform receives the error for the asynchronous caller; null if the call has ended with an answer
     */
    public void endOverdue(Consumer<@Nullable Throwable> inform) {
        report.informFirst(
                calls,
                () -> {
                    endAttempts();
                    TerminationCause why = cause();
                    RuntimeException error = why == null || why.isCancel()
                            ? TerminationCause.CALLER.cancelled()
                            : history.failed(AttemptErrors.totalTimeout(total()));
                    return finished(null, error) ? error : report.error();
                },
                inform);
    }

    /** The error that was reported for the call. Null if the call has not ended, or has ended with an answer. */
    public @Nullable Throwable reportedError() {
        return report.error();
    }

    /** Returns the error for the caller if an executor threw because it could not have another thread. */
    public Throwable threadError(Throwable thrown) {
        return FatalErrors.isThreadLimit(thrown) ? history.failed(AttemptErrors.noThread(thrown, false)) : thrown;
    }

    /** Throws if the call was terminated, if its thread is interrupted, or if its total timeout has expired. */
    public void throwIfTerminated() {
        if (Thread.currentThread().isInterrupted()) {
            terminate(TerminationCause.INTERRUPT);
        } else if (remainingNanos() <= 0) {
            terminate(TerminationCause.TOTAL_TIMEOUT);
        }
        TerminationCause why = cause();
        if (why != null) {
            throw why.isCancel() ? why.cancelled() : AttemptErrors.totalTimeout(total());
        }
    }

    @Override
    @Nullable
    AttemptExecution attempt() {
        return history.running(this);
    }

    /** Terminates the running attempts if the call was terminated. */
    void terminateAttempts() {
        TerminationCause why = cause();
        if (why != null) {
            history.forEachRunning(this, attempt -> attempt.terminate(why));
        }
    }

    /** Ends the attempts that still run. Those of the outermost call include those of calls within it. */
    void endAttempts() {
        history.endRunning(parent == null ? null : this);
    }

    /** The attempt whose stream has delivered the start of the answer. */
    @Nullable
    AttemptExecution answeringAttempt() {
        return answeringAttempt;
    }

    void answeredBy(AttemptExecution attempt) {
        answeringAttempt = attempt;
    }

    CallHistory history() {
        return history;
    }

    /**
     * Ends the attempts that still run, and reports the end of the call once.
     *
     * @return false if the end was already reported
     */
    public boolean finished(@Nullable ChatResponse response, @Nullable Throwable error) {
        endAttempts();
        return parent != null || report.finished(response, error, sinceStart(now()));
    }

    CallReport report() {
        return report;
    }

    CallInfo info() {
        return info;
    }

    ActiveCalls calls() {
        return calls;
    }

    Optional<ResolvedRoute> route() {
        return Optional.ofNullable(route);
    }

    /** The timeouts set by the caller, the mode and the agent, which take precedence over those of a provider. */
    TimeoutSettings timeouts() {
        return timeouts;
    }

    long now() {
        return calls.time().nanoTime();
    }

    /** The time from the start of the call to the given reading of the time source's clock. */
    Duration sinceStart(long nanoTime) {
        return parent == null ? Duration.ofNanos(nanoTime - startNanos) : parent.sinceStart(nanoTime);
    }

    /** The total timeout, measured from the start of the call. */
    Duration total() {
        return Duration.ofNanos(deadlineNanos - startNanos);
    }

    /** When the total timeout expires, on the time source's clock. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    long remainingNanos() {
        return deadlineNanos - now();
    }

    @Override
    ActiveCall call() {
        return this;
    }

    /** The outermost call, which the client opened. */
    ActiveCall root() {
        return parent == null ? this : parent.root();
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, remainingNanos()));
    }

    @Override
    public Duration connectTimeout() {
        return timeouts.over(calls.timeouts()).connect();
    }

    /** Stops supervising the call. */
    @Override
    public void close() {
        calls.watchdog().remove(this);
        if (callersCancellation != null) {
            callersCancellation.close();
        }
    }
}
