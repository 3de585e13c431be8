package dev.llmspi.core.call;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptInfo;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.core.jfr.FlightRecorder;
import dev.llmspi.core.routing.AttemptTarget;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reports one attempt to the listeners and to Flight Recorder, and builds its only entry in the history of the call.
 */
final class AttemptReport {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private final FlightRecorder.@Nullable AttemptRecording recording = FlightRecorder.attemptBegins();
    private final ActiveCall call;
    private final AttemptTarget target;
    private final Optional<String> model;
    private final Duration waited;
    private final List<String> notes;
    private final long startNanos;
    private final int number;
    private final @Nullable AttemptInfo info;
    private volatile @Nullable Duration firstToken;
    /** The event that the thread that ends the attempt must deliver. Null if another thread delivers it. */
    private @Nullable AttemptFinished claimed;

    /**
     * @param waited how long the call waited before the attempt
     * @param notes the changes made to the request
     */
    AttemptReport(ActiveCall call, AttemptTarget target, Optional<String> model, Duration waited, List<String> notes) {
        this.call = call;
        this.target = target;
        this.model = model;
        this.waited = waited;
        this.notes = notes;
        this.startNanos = call.now();
        this.number = call.history().nextNumber();
        this.info = call.report().isObserved()
                ? new AttemptInfo(
                        number,
                        target.name(),
                        target.type(),
                        target.health().endpoint(),
                        model,
                        call.calls().time().now())
                : null;
    }

    /** The time since the attempt started. */
    Duration elapsed() {
        return Duration.ofNanos(call.now() - startNanos);
    }

    /** When the attempt started, on the time source's clock. */
    long startNanos() {
        return startNanos;
    }

    /**
     * Adds the attempt to the running ones and tells the listeners that it starts. Ends it if this fails.
     *
     * @return the request headers: those set by the caller, which take precedence, and those added by listeners
     */
    Map<String, String> started(AttemptExecution attempt) {
        CallReport report = call.report();
        if (info == null) {
            call.history().started(attempt, null);
            return call.headers();
        }
        Map<String, String> headers = new LinkedHashMap<>(call.headers());
        AttemptStarted event = new AttemptStarted(call.info(), info);
        Runnable delivery = () -> report.tellNow(
                (listener, started) -> listener.attemptStarted(started, (name, value) -> add(headers, name, value)),
                event);
        EventQueue.Waiting place = call.history().started(attempt, delivery);
        try {
            // Another thread may still add headers for a terminated call, whose headers no longer matter.
            return report.queue().deliverInTurn(call, place, delivery) ? headers : call.headers();
        } catch (Throwable e) {
            throw attempt.failed(e);
        }
    }

    /**
     * Adds a header unless the caller or an earlier listener has set it. Refuses a header that a request must not
     * contain.
     */
    private static void add(Map<String, String> headers, String name, String value) {
        String problem = HeaderRules.problem(name, value);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        headers.putIfAbsent(name, value);
    }

    /** Records when the first content of a stream arrived, measured from the start of the attempt. */
    void firstContentAfter(Duration time) {
        firstToken = time;
    }

    /** Begins the history entry for an answer. */
    Attempt.Builder success(ChatResponse answer) {
        return entry(Outcome.SUCCESS).answer(answer);
    }

    /** Begins the history entry for an answer that was streamed or that is not a chat response. */
    Attempt.Builder success(Optional<String> servedModel, Optional<String> requestId, Usage usage) {
        return entry(Outcome.SUCCESS)
                .servedModel(servedModel.orElse(null))
                .requestId(requestId.orElse(null))
                .usage(usage);
    }

    /**
     * Begins the history entry for a cancellation.
     *
     * @param sent whether the request was sent
     */
    Attempt.Builder cancelled(boolean sent) {
        return entry(Outcome.CANCELLED).reason(ErrorReason.CANCELLED).sent(sent);
    }

    /**
     * Begins the history entry for an error.
     *
     * @param message the error message without the provider's name
     */
    Attempt.Builder error(LlmException error, String message) {
        return entry(Outcome.ERROR)
                .kind(error.kind())
                .reason(error.reason().orElse(null))
                .status(error.status().orElse(0))
                .code(error.code().orElse(null))
                .message(message)
                .retryAfter(error.retryAfter().orElse(null))
                .requestId(error.requestId().orElse(null))
                .sent(error.requestSent());
    }

    private Attempt.Builder entry(Outcome outcome) {
        return Attempt.builder(target.name(), outcome)
                .number(number)
                .providerType(target.type())
                .model(model.orElse(null))
                .start(call.sinceStart(startNanos))
                .duration(elapsed())
                .waitBefore(waited)
                .firstToken(firstToken)
                .notes(notes);
    }

    /** Queues the event for the end of the attempt. The caller holds the lock of the history. */
    void ended(Attempt attempt) {
        if (info != null) {
            AttemptFinished event = new AttemptFinished(call.info(), info, attempt);
            claimed = call.report().queue(LlmListener::attemptFinished, event) ? event : null;
        }
    }

    /** Reports the end of the attempt to the log, the flight recording and the listeners. */
    void tellEnded(Attempt attempt) {
        AttemptFinished event = claimed;
        try {
            if (attempt.outcome() == Outcome.ERROR) {
                LOG.log(Level.DEBUG, () -> "call " + call.callId() + ": attempt " + attempt.number() + ", " + attempt);
            }
            if (recording != null) {
                recording.ended(call.info(), attempt);
            }
        } finally {
            if (event != null) {
                call.report().deliver(LlmListener::attemptFinished, event);
            }
        }
    }
}
