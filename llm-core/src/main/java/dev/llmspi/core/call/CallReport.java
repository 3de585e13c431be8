package dev.llmspi.core.call;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.Usage;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.jfr.FlightRecorder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports one call, and the calls within it, to the listeners and to Flight Recorder. Nothing is reported after the
 * end of the call.
 */
final class CallReport {

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final FlightRecorder.@Nullable CallRecording recording = FlightRecorder.callBegins();
    private final CallInfo info;
    private final CallHistory history;
    private final CallListeners listeners;
    /** Null if the call has no listeners. */
    private final @Nullable EventQueue queue;
    /** Guarded by the lock of the history, like the field below. */
    private boolean finished;

    /** The error that was reported for the call. */
    private @Nullable Throwable error;

    /**
     * Tells the listeners that the call starts.
     *
     * @param all the client's listeners
     * @param own the caller's listener for this call; null if there is none
     */
    CallReport(CallInfo info, CallHistory history, CallListeners all, @Nullable LlmListener own) {
        this.info = info;
        this.history = history;
        this.listeners = all.callStarts(info, own);
        this.queue = listeners.isEmpty() ? null : new EventQueue(history, listeners);
    }

    /** Throws the fatal error that a listener has thrown when the call started, if any. */
    void rethrowFatalAtStart() {
        listeners.rethrowFatalAtStart();
    }

    /** Whether a listener or a flight recording wants to know how the call ends. */
    boolean isReported() {
        return isObserved() || recording != null;
    }

    /** Whether the call has listeners. */
    boolean isObserved() {
        return !listeners.isEmpty();
    }

    /** Sends an event to the listeners on this thread. Only for the delivery of an event that was queued. */
    <E> void tellNow(BiConsumer<LlmListener, E> method, E event) {
        listeners.tell(method, event);
    }

    /** Sends an event to the listeners unless the call has ended; see {@link CallListeners#tell}. */
    <E> void tell(BiConsumer<LlmListener, E> method, E event) {
        boolean claimed;
        history.lock();
        try {
            claimed = queue(method, event);
        } finally {
            history.unlock();
        }
        if (claimed) {
            deliver(method, event);
        }
    }

    /**
     * Queues an event unless the call has ended. The caller holds the lock of the history.
     *
     * @return whether the caller must call {@link #deliver} after it has released the lock
     */
    <E> boolean queue(BiConsumer<LlmListener, E> method, E event) {
        return !finished && queue != null && queue.add(method, event);
    }

    /** Delivers an event for which {@link #queue} has returned true. */
    <E> void deliver(BiConsumer<LlmListener, E> method, E event) {
        queue().deliver(method, event);
    }

    /** The events that the listeners have not received yet. Only for a call that has listeners. */
    EventQueue queue() {
        return Objects.requireNonNull(queue);
    }

    /**
     * Reports once that the call has ended.
     *
     * @return false if the end was already reported
     */
    boolean finished(@Nullable ChatResponse response, @Nullable Throwable thrown, Duration duration) {
        CallFinished event = null;
        boolean claimed = false;
        history.lock();
        try {
            if (finished) {
                return false;
            }
            if (isReported()) {
                event = event(response, thrown, duration);
                claimed = queue(LlmListener::callFinished, event);
            }
            finished = true;
            error = thrown;
        } finally {
            history.unlock();
        }
        if (event != null && recording != null) {
            recording.ended(event);
        }
        if (event != null && claimed) {
            deliver(LlmListener::callFinished, event);
        }
        return true;
    }

    /**
     * Ends the call, passes the result to the caller, and has another thread tell the listeners, which may block.
     *
     * @param end ends the call
     * @param inform receives what the first action returns
     */
    <T> void informFirst(ActiveCalls calls, Supplier<T> end, Consumer<T> inform) {
        boolean held = queue != null && queue.hold();
        boolean waiting = false;
        T result;
        try {
            result = end.get();
        } finally {
            waiting = held && queue().release();
        }
        boolean left = waiting && !isDeliveredAside(calls);
        try {
            inform.accept(result);
        } finally {
            if (left) {
                queue().deliverWaiting();
            }
        }
    }

    private boolean isDeliveredAside(ActiveCalls calls) {
        try {
            calls.runAside(queue()::deliverWaiting);
            return true;
        } catch (VirtualMachineError e) {
            return false; // the process cannot have another thread
        }
    }

    /**
     * Waits until the listeners have heard that the call has ended, if another thread tells them. Waits no longer than
     * 50 ms, because a listener may block.
     */
    void awaitTold() {
        long start = System.nanoTime();
        while (!isTold() && System.nanoTime() - start < PATIENCE_NANOS) {
            LockSupport.parkNanos(this, POLL_NANOS);
        }
    }

    private boolean isTold() {
        if (queue == null) {
            return true;
        }
        history.lock();
        try {
            return finished && queue.isIdle();
        } finally {
            history.unlock();
        }
    }

    /** The error that was reported for the call. Null if the call has not ended, or has ended with an answer. */
    @Nullable
    Throwable error() {
        history.lock();
        try {
            return error;
        } finally {
            history.unlock();
        }
    }

    /** Creates the event that reports the end of the call. */
    private CallFinished event(@Nullable ChatResponse response, @Nullable Throwable thrown, Duration duration) {
        List<Attempt> attempts = history.attempts();
        Outcome outcome = response != null
                ? Outcome.SUCCESS
                : thrown instanceof CancellationException ? Outcome.CANCELLED : Outcome.ERROR;
        return new CallFinished(
                info,
                outcome,
                response != null ? Optional.of(response.provider()) : lastProvider(attempts),
                response == null ? Optional.empty() : response.model(),
                response == null ? Usage.none() : response.usage(),
                duration,
                attempts,
                Optional.ofNullable(thrown));
    }

    /** The provider of the last entry. */
    private static Optional<String> lastProvider(List<Attempt> all) {
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(all.get(all.size() - 1).provider());
    }
}
