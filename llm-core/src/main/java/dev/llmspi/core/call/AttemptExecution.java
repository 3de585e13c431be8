package dev.llmspi.core.call;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.health.Permit;
import dev.llmspi.core.routing.AttemptTarget;
import dev.llmspi.core.runtime.FatalErrors;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a provider. It is the context that the provider receives and the sole owner of the attempt's permit.
 * However the attempt ends, it releases the permit and adds one entry to the history of the call. It turns whatever the
 * provider throws into an {@link LlmException} or a CancellationException.
 */
final class AttemptExecution extends TerminableContext {

    private final ActiveCall call;
    private final AttemptTarget target;
    private final LinkBudget budget;
    private final Optional<String> model;
    private final Permit permit;
    private final TimeoutSettings timeouts;
    private final AttemptReport report;
    private final AttemptTimer timer;
    private final Map<String, String> headers;
    /** Whether the reader of the stream is now spending the time, except while the idle timeout runs. */
    private volatile boolean readersTime;

    private volatile List<Secret> usedKeys = List.of();
    /** The error that the attempt has ended with. Null if it has not ended, or with an answer or a cancellation. */
    private volatile @Nullable LlmException error;

    private volatile @Nullable Attempt entry;

    /**
     * Starts an attempt and its timeout. It ends at the latest when the link's share of the call's time ends.
     *
     * @param model the model to send; empty to let the provider choose
     * @param permit the permit, which this attempt releases even if this constructor throws
     * @param waited how long the call waited before this attempt
     * @param stream whether the timeout covers only the wait for the first content
     */
    AttemptExecution(
            ActiveCall call,
            AttemptTarget target,
            LinkBudget budget,
            Optional<String> model,
            Permit permit,
            Duration waited,
            boolean stream) {
        this.call = call;
        this.target = target;
        this.budget = budget;
        this.model = model;
        this.permit = permit;
        try {
            Duration turn = budget.awaitLimits(call, target, model, permit);
            call.throwIfTerminated();
            this.timeouts = budget.timeouts().over(target.timeouts());
            this.report = new AttemptReport(call, target, model, waited.plus(turn), budget.notes());
            this.timer = new AttemptTimer(call, timeouts, budget, stream);
            this.headers = report.started(this);
        } catch (Throwable e) {
            permit.close();
            throw e;
        }
        call.terminateAttempts(); // the call may have been terminated just before the attempt was added
        call.calls().watchdog().deadlineSet(timer.deadlineNanos());
    }

    /** Sends the request, returns the provider's answer and ends the attempt. */
    ChatResponse chat(ChatRequest request) {
        try {
            ChatResponse response = target.provider().chat(request, this);
            if (response == null) {
                throw AttemptErrors.fault("returned null instead of an answer", null);
            }
            succeeded(response);
            return response;
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    AttemptTarget target() {
        return target;
    }

    AttemptTimer timer() {
        return timer;
    }

    /** Starts the idle timeout for the next event of a stream. Throws if the attempt was terminated. */
    void awaitNext() {
        long now = call.now(); // the clock is read only once, because this runs for every event
        throwIfTerminated(now);
        timer.startIdle(now);
    }

    /** Stops the timeout, because the answer or its beginning has arrived and now only the reader spends time. */
    void answerArrived() {
        timer.stop();
        readersTime = true;
        call.answeredBy(this);
    }

    /** Records that the first content of a stream has arrived. From now on, there are no retries and no fallback. */
    void firstContentArrived() {
        report.firstContentAfter(report.elapsed());
        answerArrived();
        permit.succeeded(report.startNanos(), this::account); // the provider has answered, however the stream may end
    }

    void succeeded(ChatResponse answer) {
        succeeded(() -> report.success(answer));
    }

    void succeeded(Optional<String> servedModel, Optional<String> requestId, Usage usage) {
        succeeded(() -> report.success(servedModel, requestId, usage));
    }

    /** Ends the attempt with an answer. Throws if another thread has ended it before. */
    private void succeeded(Supplier<Attempt.Builder> outcome) {
        if (!end(outcome, null, () -> permit.succeeded(report.startNanos(), this::account))) {
            throw failure();
        }
    }

    /** Returns the exception for the caller of an attempt that another thread has ended. */
    private RuntimeException failure() {
        TerminationCause why = causeNow();
        return error != null ? error : (why != null && why.isCancel() ? why : TerminationCause.CALLER).cancelled();
    }

    /** Ends the attempt because its stream was closed early, by its reader or by a termination between two reads. */
    void closed() {
        TerminationCause why = causeNow();
        if (why != null && !why.isCancel()) {
            failed(AttemptErrors.fault("was silent", null)); // is replaced by the timeout error
        } else if (end(() -> report.cancelled(true), null, () -> {})) {
            terminate(TerminationCause.CALLER);
        }
    }

    /**
     * Ends the attempt because the provider threw an exception.
     *
     * @return the exception for the caller: an LlmException without the call's attempts, or a CancellationException
     */
    RuntimeException failed(Throwable thrown) {
        if (FatalErrors.isFatal(thrown)) {
            throw lost((VirtualMachineError) thrown);
        }
        LlmException raw = AttemptErrors.of(thrown);
        boolean waited = AttemptErrors.waitedForSource(raw);
        TerminationCause noticed = causeNow();
        TerminationCause why = noticed == null && waited ? timer.pending() : noticed;
        if (why != null && why.isCancel()) {
            end(() -> report.cancelled(raw.requestSent()), null, () -> {});
            return why.cancelled();
        }
        AttemptErrors errors = new AttemptErrors(target.name(), model, timeouts);
        LlmException named = errors.attributed(why == null ? raw : errors.timeout(why, raw));
        Duration elapsed = report.elapsed();
        boolean first = end(() -> report.error(named, errors.withoutName(named)), named, () -> {
            boolean counts = why == null || budget.blamesProvider(why, elapsed, readersTime, target, call);
            if (!waited && !FatalErrors.isThreadLimit(thrown)) { // otherwise the provider is not to blame
                permit.failed(named, report.startNanos(), counts, this::account);
            }
        });
        return first ? named : failure();
    }

    /** Ends the attempt with a fatal JVM error, which is not blamed on the provider but appears in the history. */
    private VirtualMachineError lost(VirtualMachineError fatal) {
        permit.close();
        try {
            LlmException fault = AttemptErrors.fault("threw " + fatal.getClass().getName(), fatal);
            if (end(() -> report.error(fault, String.valueOf(fault.getMessage())), null, () -> {})) {
                terminate(TerminationCause.CALLER); // releases the connection
            }
        } catch (VirtualMachineError again) {
            // Everything that can be released has been released, and the first error is the one to report.
        }
        return fatal;
    }

    /**
     * Ends the attempt once: adds its entry to the history, tells the listeners, and releases the permit. A second
     * thread waits for none of them but the entry.
     *
     * @param failure the attempt's error, if it must be listed among the errors of the call
     * @param settle reports the outcome to the permit
     * @return false if the attempt had ended before
     */
    private boolean end(Supplier<Attempt.Builder> outcome, @Nullable LlmException failure, Runnable settle) {
        boolean first = true;
        try {
            first = call.history().ended(this, () -> record(outcome, failure));
            return first;
        } finally {
            if (first) {
                try {
                    tellEnded();
                } finally {
                    settle(settle);
                }
            }
        }
    }

    private void tellEnded() {
        Attempt attempt = entry;
        if (attempt != null) { // otherwise memory ran out
            report.tellEnded(attempt);
        }
    }

    private void settle(Runnable settle) {
        try {
            settle.run();
        } finally {
            permit.close(); // runs even if memory ran out
        }
    }

    private void record(Supplier<Attempt.Builder> outcome, @Nullable LlmException failure) {
        Attempt attempt = outcome.get().build();
        error = failure;
        entry = attempt;
        call.history().add(attempt, failure);
        report.ended(attempt);
    }

    /** Whether another usable link comes after the link of this attempt. */
    boolean isAnotherLinkLeft() {
        return budget.anotherLeft();
    }

    /** Records that the provider received this key. */
    void keyUsed(Secret key) {
        usedKeys = usedKeys.contains(key) ? usedKeys : CallHistory.append(usedKeys, key);
    }

    /** Returns a copy of a stream's answer that names the provider and the requested model of this attempt. */
    ChatResponse attributed(ChatResponse answer) {
        AssistantMessage message = answer.message().toBuilder()
                .from(target.name(), model.orElse(null))
                .build();
        return answer.toBuilder().provider(target.name()).message(message).build();
    }

    private String account() {
        return target.health().account(usedKeys);
    }

    @Override
    ActiveCall call() {
        return call;
    }

    @Override
    AttemptExecution attempt() {
        return this;
    }

    /** The attempt's entry in the history. Null until the attempt has ended. */
    @Nullable
    Attempt entry() {
        return entry;
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public Duration remaining() {
        return timer.remaining();
    }

    @Override
    public Duration connectTimeout() {
        return timeouts.connect();
    }
}
