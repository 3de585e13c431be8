package dev.llmspi.core.resilience;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.UnfinishedStreamException;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptInfo;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.call.AttemptScope;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.EndCause;
import dev.llmspi.core.call.LinkLimits;
import dev.llmspi.core.jfr.FlightRecorder;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt from its start to its end: its clock, its events, and exactly one entry in the call's list, however it ends.
 * Whatever a provider throws becomes one of the eight errors here, or the caller's own cancel.
 */
final class AttemptRecord {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");
    /** A tenth of the total time is enough to blame a provider for its end. */
    private static final int LEAST_SHARE = 10;

    private final Asked asked;
    private final CallScope call;
    private final Ticket ticket;
    private final Optional<String> model;
    private final TimeoutSettings clocks;
    private final LinkLimits link;
    private final Duration waited;
    private final long startNanos;
    private final int number;
    private final @Nullable AttemptInfo info;
    private final FlightRecorder.@Nullable AttemptRecording recording = FlightRecorder.attemptBegins();
    private final AttemptScope scope;
    /** Guarded by this. */
    private boolean ended;

    private volatile @Nullable Duration firstToken;
    /** Whether it is the reader of a stream who takes the time, but for the idle clock. */
    private volatile boolean readersTime;

    private AttemptRecord(
            Asked asked, CallScope call, Optional<String> model, Ticket ticket, Duration waited, boolean stream) {
        this.asked = asked;
        this.call = call;
        this.ticket = ticket;
        this.model = model;
        this.link = call.link();
        this.clocks = link.timeouts().over(asked.clocks());
        this.waited = waited;
        this.startNanos = call.engine().time().nanoTime();
        this.number = call.history().nextNumber();
        this.info = call.observed() ? info() : null;
        boolean firstTokenFirst = stream && clocks.firstToken().compareTo(clocks.attempt()) < 0;
        this.scope = AttemptScope.begin(
                call,
                settings().name(),
                firstTokenFirst ? clocks.firstToken() : clocks.attempt(),
                firstTokenFirst ? EndCause.FIRST_TOKEN_CLOCK : EndCause.ATTEMPT_CLOCK,
                clocks.connect(),
                started());
    }

    /**
     * What is asked.
     *
     * @param clocks those of the provider's block, over those of the client
     */
    record Asked(LlmProvider target, ProviderSettings settings, TimeoutSettings clocks, Admission admission) {}

    /**
     * Begins an attempt; its clock runs from here.
     *
     * @param model the model to send; absent: left to the provider
     * @param ticket let it go; settled and closed at its end
     * @param waited how long the call waited before it
     * @param stream whether its clock runs to the first content only
     */
    static AttemptRecord begin(
            Asked asked, CallScope call, Optional<String> model, Ticket ticket, Duration waited, boolean stream) {
        call.throwIfEnded();
        return new AttemptRecord(asked, call, model, ticket, waited, stream);
    }

    /** The context for the provider. */
    AttemptScope scope() {
        return scope;
    }

    /** Sets the clock between two events of a stream, for as long as the next one is waited for; throws if the attempt has ended. */
    void awaitsNext() {
        scope.awaitNext(clocks.idle());
    }

    /** The answer of a stream has ended, before any of it was read. */
    void isWhole() {
        scope.stopClock();
        readersTime = true;
    }

    /** The first content of a stream is there: from now on nothing is asked again. */
    void firstContent() {
        readersTime = true;
        firstToken = elapsed();
        scope.stopClock();
        ticket.succeeded(startNanos, this::account); // it answers, however the stream may end
    }

    /** Whether the attempt had not ended before: it ends once. */
    private synchronized boolean endsNow() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    private ProviderSettings settings() {
        return asked.settings();
    }

    private String account() {
        return asked.admission().account(scope);
    }

    void succeeded(ChatResponse answer) {
        succeeded(entry(Outcome.SUCCESS).answer(answer).build());
    }

    void succeeded(Optional<String> servedModel, Optional<String> requestId, Usage usage) {
        succeeded(entry(Outcome.SUCCESS)
                .servedModel(servedModel.orElse(null))
                .requestId(requestId.orElse(null))
                .usage(usage)
                .build());
    }

    private void succeeded(Attempt attempt) {
        if (endsNow()) {
            try {
                ticket.succeeded(startNanos, this::account);
            } finally {
                letGo();
                finish(attempt, null); // whatever a listener throws that must come out
            }
        }
    }

    /** The stream was closed before its end: by its reader, or because the call has ended while nobody read. */
    void closed() {
        EndCause cause = scope.endCause().orElse(null);
        if (cause != null && !cause.isCancel()) {
            failed(fault("was silent", null)); // a clock: it becomes the timeout of that clock
        } else if (endsNow()) {
            scope.end(EndCause.CALLER);
            letGo();
            finish(entry(Outcome.CANCELLED).reason(ErrorReason.CANCELLED).build(), null);
        }
    }

    /**
     * Ends the attempt with what the provider threw.
     *
     * @return what the caller gets: one of the eight errors, without the call's id and list, or a CancellationException
     */
    RuntimeException failed(Throwable thrown) {
        if (thrown instanceof VirtualMachineError jvm && !(thrown instanceof StackOverflowError)) {
            lost(jvm);
            throw jvm;
        }
        LlmException raw = asError(thrown);
        EndCause cause = scope.endCause().orElse(null);
        if (cause != null && cause.isCancel()) {
            if (endsNow()) {
                letGo();
                finish(
                        entry(Outcome.CANCELLED)
                                .reason(ErrorReason.CANCELLED)
                                .sent(raw.requestSent())
                                .build(),
                        null);
            }
            return call.cancelled(cause);
        }
        LlmException error = attributed(cause == null ? raw : timeout(cause, raw));
        if (endsNow()) {
            boolean counts = cause == null || isConfigured(cause);
            try {
                ticket.failed(error, startNanos, counts, this::account);
            } finally {
                letGo();
                finish(failure(error), error); // whatever a listener throws that must come out
            }
        }
        return error;
    }

    /** The JVM is in trouble, not the provider: nobody is blamed, but what was sent stays listed. */
    private void lost(VirtualMachineError trouble) {
        scope.end(EndCause.CALLER); // lets go of the connection
        letGo();
        if (endsNow()) {
            try {
                finish(failure(fault("threw " + trouble.getClass().getName(), trouble)), null);
            } catch (VirtualMachineError again) {
                trouble.addSuppressed(again); // all that could be let go of has been
            }
        }
    }

    /**
     * Whether the provider had all the time the configuration gives it: a caller's own short clock says nothing of it, nor does
     * the time in which a stream is read.
     */
    private boolean isConfigured(EndCause clock) {
        TimeoutSettings configured =
                link.configured().over(settings().timeouts()).over(call.engine().timeouts());
        Duration elapsed = elapsed();
        return switch (clock) {
            case ATTEMPT_CLOCK -> elapsed.compareTo(configured.attempt()) >= 0;
            case FIRST_TOKEN_CLOCK -> elapsed.compareTo(configured.firstToken()) >= 0;
            case IDLE_CLOCK -> clocks.idle().compareTo(configured.idle()) >= 0;
            default -> !readersTime && (elapsed.compareTo(configured.attempt()) >= 0 || hadItsShareOfTheTotal(elapsed));
        };
    }

    /** An attempt that began when the time was nearly over, after waits and others, says nothing. */
    private boolean hadItsShareOfTheTotal(Duration elapsed) {
        Duration configured = link.configured().over(call.engine().timeouts()).total();
        Duration own = settings().timeouts().ownTotal().orElse(configured);
        Duration shortest = own.compareTo(configured) < 0 ? own : configured;
        return call.total().compareTo(configured) >= 0
                && elapsed.multipliedBy(LEAST_SHARE).compareTo(shortest) >= 0;
    }

    private static LlmException asError(Throwable thrown) {
        if (thrown instanceof LlmException error) {
            return error;
        }
        return thrown instanceof UnfinishedStreamException
                ? LlmServiceException.builder()
                        .message("the stream ended without a finish reason")
                        .reason(ErrorReason.TRUNCATED)
                        .build()
                : fault("threw " + thrown.getClass().getName(), thrown);
    }

    /** An error for something only a faulty provider does. */
    static LlmException fault(String what, @Nullable Throwable cause) {
        return LlmServiceException.builder()
                .message("the provider " + what + "; this is a fault of the provider's code")
                .reason(ErrorReason.PROVIDER_FAULT)
                .retryHere(false)
                .cause(cause)
                .build();
    }

    private LlmException timeout(EndCause clock, LlmException cut) {
        LlmException.Builder<LlmTimeoutException> builder =
                LlmTimeoutException.builder().requestSent(cut.requestSent()).cause(cut);
        return switch (clock) {
            case ATTEMPT_CLOCK ->
                builder.reason(ErrorReason.ATTEMPT_TIMEOUT)
                        .message("no answer within " + clocks.attempt().toMillis()
                                + " ms (attempt clock, llm.timeouts.attempt)")
                        .build();
            case FIRST_TOKEN_CLOCK ->
                builder.reason(ErrorReason.FIRST_TOKEN_TIMEOUT)
                        .message("no content within " + clocks.firstToken().toMillis()
                                + " ms (first-token clock, llm.timeouts.first-token)")
                        .build();
            case IDLE_CLOCK ->
                builder.reason(ErrorReason.IDLE_TIMEOUT)
                        .message("the stream was silent for " + clocks.idle().toMillis()
                                + " ms (idle clock, llm.timeouts.idle)")
                        .build();
            case LINK_CLOCK ->
                builder.reason(ErrorReason.LINK_TIMEOUT)
                        .message("no answer within this provider's share of the total time (llm.timeouts.total)")
                        .build();
            default ->
                builder.reason(ErrorReason.TOTAL_TIMEOUT)
                        .message("no complete answer within the total time (llm.timeouts.total)")
                        .build();
        };
    }

    /** The error with provider and model in it, whoever made it. */
    private LlmException attributed(LlmException error) {
        if (error.provider().equals(settings().name()) && error.model().isPresent()) {
            return error;
        }
        String message = String.valueOf(error.getMessage());
        return error.toBuilder()
                .provider(settings().name())
                .model(error.model().or(() -> model).orElse(null))
                .message(message.startsWith(whose()) ? message : whose() + message)
                .build();
    }

    /** How the message of an error begins; its entry in the list names the provider anyway. */
    private String whose() {
        return "provider \"" + settings().name() + "\": ";
    }

    private Attempt failure(LlmException error) {
        String message = String.valueOf(error.getMessage());
        return entry(Outcome.ERROR)
                .kind(error.kind())
                .reason(error.reason().orElse(null))
                .status(error.status().orElse(0))
                .code(error.code().orElse(null))
                .message(message.startsWith(whose()) ? message.substring(whose().length()) : message)
                .retryAfter(error.retryAfter().orElse(null))
                .requestId(error.requestId().orElse(null))
                .sent(error.requestSent())
                .build();
    }

    /** The entry of the call's list, which ends now: without what came of it. */
    private Attempt.Builder entry(Outcome outcome) {
        return Attempt.builder(settings().name(), outcome)
                .number(number)
                .providerType(settings().type())
                .model(model.orElse(null))
                .start(call.sinceStart(startNanos))
                .duration(elapsed())
                .waitBefore(waited)
                .firstToken(firstToken)
                .notes(link.notes());
    }

    private Duration elapsed() {
        return Duration.ofNanos(call.engine().time().nanoTime() - startNanos);
    }

    private AttemptInfo info() {
        return new AttemptInfo(
                number,
                settings().name(),
                settings().type(),
                asked.admission().endpoint(),
                model,
                call.engine().time().now());
    }

    /** Tells the listeners and collects the headers they add; one that cannot stand in a request is left out. */
    private Map<String, String> started() {
        if (info == null) {
            return Map.of();
        }
        AddedHeaders headers = new AddedHeaders(new AttemptStarted(call.info(), info));
        call.tell((listener, added) -> listener.attemptStarted(added.event(), added), headers);
        return headers.all();
    }

    /** Before the entry is made: what is held must not stay held for want of memory. */
    private void letGo() {
        scope.close();
        ticket.close();
    }

    private void finish(Attempt attempt, @Nullable LlmException error) {
        call.history().record(attempt, error);
        if (attempt.outcome() == Outcome.ERROR) {
            LOG.log(Level.DEBUG, () -> "call " + call.callId() + ": attempt " + attempt.number() + ", " + attempt);
        }
        if (recording != null) {
            recording.ended(call.info(), attempt);
        }
        if (info != null) {
            call.tell(LlmListener::attemptFinished, new AttemptFinished(call.info(), info, attempt));
        }
    }
}
