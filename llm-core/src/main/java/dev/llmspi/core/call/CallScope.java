package dev.llmspi.core.call;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.jfr.FlightRecorder;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One call from its start to its end: the context the decorators of the chain see, and the state they share. Its list of
 * attempts and its current link belong to the thread that runs the call; {@link #end} and the clocks may come from any thread.
 */
public class CallScope extends EndableContext implements AutoCloseable {

    /** How long the work may take to come to its end once the call has been ended. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Engine engine;
    private final CallInfo info;
    private final Map<String, String> headers;
    private final TimeoutSettings timeouts;
    private final Listeners listeners;
    private final long startNanos;
    private final long deadlineNanos;
    private final Cancellation.@Nullable Registration callersSwitch;
    private final CallHistory history;
    private final FlightRecorder.@Nullable CallRecording recording;
    private volatile @Nullable Thread thread;
    private volatile @Nullable Runnable whenOverdue;
    private volatile @Nullable AttemptScope current;
    private @Nullable LinkLimits link;

    /**
     * @param info its identity, with the moment it begins
     * @param headers what the caller adds to its requests
     * @param timeouts the caller's own clocks, over those of agent or mode; the total one counts for the call
     * @param callers the caller's switch; null: none
     * @param own the caller's listener for this call; null: none
     */
    protected CallScope(
            Engine engine,
            CallInfo info,
            Map<String, String> headers,
            TimeoutSettings timeouts,
            @Nullable Cancellation callers,
            @Nullable LlmListener own) {
        this.engine = engine;
        this.info = info;
        this.headers = headers.isEmpty() ? Map.of() : Collections.unmodifiableMap(headers);
        this.timeouts = timeouts;
        this.history = new CallHistory(info.callId());
        this.recording = FlightRecorder.callBegins();
        this.startNanos = engine.time().nanoTime();
        this.deadlineNanos =
                startNanos + Nanos.of(timeouts.over(engine.timeouts()).total());
        Listeners told = own == null ? engine.listeners() : engine.listeners().and(own);
        this.listeners = told.isEmpty() ? told : told.begin(new CallStarted(info));
        engine.watch().add(this);
        engine.watch().clockSet(deadlineNanos);
        if (engine.isClosed()) {
            end(EndCause.CLOSED); // it came too late for the end of all calls
        }
        this.callersSwitch = callers == null ? null : callers.onCancel(() -> end(EndCause.CALLER));
    }

    /** Says that the calling thread runs the call from here on: an interrupt of it ends the call. */
    public void runsOnThisThread() {
        thread = Thread.currentThread();
    }

    /** Says that no thread waits for the call just now: the reader of a stream does something else. */
    public void runsOnNoThread() {
        thread = null;
    }

    /** The thread that runs the call just now. */
    @Nullable
    Thread thread() {
        return thread;
    }

    /** Ends the call from outside; the first cause counts. Safe from any thread. */
    public void end(EndCause cause) {
        if (endedBy() == null && endFirst(cause, engine.time().nanoTime())) {
            AttemptScope running = current;
            if (running != null) {
                running.end(cause);
            }
        }
    }

    /** Why the call was ended from outside; empty if it was not. */
    Optional<EndCause> endCause() {
        return Optional.ofNullable(endedBy());
    }

    /**
     * Sets what is to be done when the call has been ended and its work goes on all the same, because a provider ignores the end
     * or no thread was free for it: an asynchronous caller is then freed without it.
     */
    public void whenOverdue(Runnable action) {
        whenOverdue = action;
    }

    /** Frees an asynchronous caller now; see {@link #whenOverdue}. */
    void freeCaller() {
        Runnable action = whenOverdue;
        if (action != null) {
            whenOverdue = null;
            action.run();
        }
    }

    /** The error for a caller that is freed while the work still goes on, or the cancel it asked for. */
    public RuntimeException overdueError() {
        EndCause cause = endedBy();
        return cause == null || cause.isCancel() ? cancelled(EndCause.CALLER) : history.failed(totalTimeout());
    }

    /** Rings what has run out. Called by the watch; answers how long it may sleep, in nanoseconds. */
    long look(long now) {
        Thread runner = thread;
        if (runner != null && runner.isInterrupted()) {
            end(EndCause.INTERRUPT);
        }
        long left = deadlineNanos - now;
        if (left <= 0) {
            end(EndCause.TOTAL_CLOCK);
        }
        AttemptScope running = current;
        long attemptLeft = running == null ? Long.MAX_VALUE : running.look(now);
        return Math.min(attemptLeft, endedBy() != null ? lookOverdue(now) : left);
    }

    private long lookOverdue(long now) {
        Runnable action = whenOverdue;
        if (action == null) {
            return Long.MAX_VALUE;
        }
        long left = endedNanos() + GRACE_NANOS - now;
        if (left <= 0) {
            whenOverdue = null;
            Aside.run(action);
            return Long.MAX_VALUE;
        }
        return left;
    }

    /** Throws if the call has ended from outside, or its thread is interrupted, or no time is left. */
    public void throwIfEnded() {
        if (Thread.currentThread().isInterrupted()) {
            end(EndCause.INTERRUPT);
        } else if (remainingNanos() <= 0) {
            end(EndCause.TOTAL_CLOCK);
        }
        EndCause cause = endedBy();
        if (cause != null) {
            throw cause.isCancel() ? cancelled(cause) : totalTimeout();
        }
    }

    /** What a caller gets whose call was ended on purpose. The interrupt flag of the thread is set again. */
    public CancellationException cancelled(EndCause cause) {
        return switch (cause) {
            case INTERRUPT -> {
                Thread.currentThread().interrupt();
                yield new CancellationException("the calling thread was interrupted");
            }
            case CLOSED -> new CancellationException("the client was closed during the call");
            default -> new CancellationException("the call was cancelled");
        };
    }

    private LlmException totalTimeout() {
        return LlmTimeoutException.builder()
                .message("no answer within the total time of "
                        + Duration.ofNanos(deadlineNanos - startNanos).toMillis() + " ms (llm.timeouts.total)")
                .reason(ErrorReason.TOTAL_TIMEOUT)
                .requestSent(false)
                .build();
    }

    /** Sets what the link that is asked next may use. */
    public void enterLink(LinkLimits limits) {
        this.link = limits;
    }

    /** What the link that is being asked may use; the whole call if no chain has set it. */
    public LinkLimits link() {
        LinkLimits limits = link;
        if (limits == null) {
            limits = new LinkLimits(deadlineNanos, false, timeouts, TimeoutSettings.none(), List.of());
            link = limits;
        }
        return limits;
    }

    void running(@Nullable AttemptScope attempt) {
        current = attempt;
        EndCause cause = endedBy();
        if (attempt != null && cause != null) {
            attempt.end(cause); // the end came just before the attempt was known
        }
    }

    /** The attempts so far, and what is made of them at the end. */
    public CallHistory history() {
        return history;
    }

    /** Tells the listeners that the call has ended. */
    public void finished(@Nullable ChatResponse response, @Nullable Throwable error) {
        if (!isHeard()) {
            return;
        }
        Attempt.Outcome outcome = response != null
                ? Attempt.Outcome.SUCCESS
                : error instanceof CancellationException ? Attempt.Outcome.CANCELLED : Attempt.Outcome.ERROR;
        Optional<String> provider = response != null ? Optional.of(response.provider()) : history.lastProvider();
        CallFinished event = new CallFinished(
                info,
                outcome,
                provider,
                response == null ? Optional.empty() : response.model(),
                response == null ? Usage.none() : response.usage(),
                sinceStart(),
                history.attempts(),
                Optional.ofNullable(error));
        if (recording != null) {
            recording.ended(event);
        }
        tell(LlmListener::callFinished, event);
    }

    /** Tells the listeners; see {@link Listeners#tell}. */
    public <E> void tell(BiConsumer<LlmListener, E> method, E event) {
        listeners.tell(method, event);
    }

    /** Whether anybody hears of its end. */
    boolean isHeard() {
        return observed() || recording != null;
    }

    /** Whether anybody listens. */
    public boolean observed() {
        return !listeners.isEmpty();
    }

    public CallInfo info() {
        return info;
    }

    public Engine engine() {
        return engine;
    }

    /** The clocks of the caller, of mode and agent: they win over the provider's. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    public Duration sinceStart() {
        return sinceStart(engine.time().nanoTime());
    }

    /** How long after the start of the call that was, on the time source's clock. */
    public Duration sinceStart(long nanoTime) {
        return Duration.ofNanos(nanoTime - startNanos);
    }

    /** The total clock, from the start of the call. */
    public Duration total() {
        return Duration.ofNanos(deadlineNanos - startNanos);
    }

    /** When the total clock rings, on the time source's clock. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    public long remainingNanos() {
        return deadlineNanos - engine.time().nanoTime();
    }

    @Override
    public String callId() {
        return info.callId();
    }

    @Override
    public Optional<String> requestId() {
        return info.requestId();
    }

    @Override
    public Optional<String> agent() {
        return info.agent();
    }

    @Override
    public Map<String, String> tags() {
        return info.tags();
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
        return timeouts.over(engine.timeouts()).connect();
    }

    /** Stops watching the call. */
    @Override
    public void close() {
        engine.watch().remove(this);
        if (callersSwitch != null) {
            callersSwitch.close();
        }
    }
}
