package dev.llmspi.core.resilience;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptInfo;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.core.call.AttemptScope;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.EndCause;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a provider once: runs its clock, turns whatever comes back into an answer or one of the eight errors, and puts exactly
 * one entry into the call's list.
 */
final class SingleAttempt {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private final LlmProvider target;
    private final ProviderSettings settings;
    private final CallScope call;
    private final ProviderHealth health;

    SingleAttempt(LlmProvider target, ProviderSettings settings, CallScope call, ProviderHealth health) {
        this.target = target;
        this.settings = settings;
        this.call = call;
        this.health = health;
    }

    /**
     * @param waited how long the call waited before this attempt
     * @throws LlmException what went wrong, without the call's id and list
     * @throws CancellationException if the caller ended the call
     */
    ChatResponse make(ChatRequest request, Duration waited) {
        call.throwIfEnded();
        String model = request.model().orElse("");
        TimeoutSettings clocks = call.link().timeouts().over(settings.timeouts()).over(call.engine().timeouts());
        Duration start = call.sinceStart();
        Attempt.Builder entry = entry(model, start, waited);
        @Nullable AttemptInfo info = call.observed() ? info(model) : null;
        try (AttemptScope scope = AttemptScope.begin(call, clocks.attempt(), clocks.connect(), started(info))) {
            try {
                ChatResponse response = answer(request, scope);
                health.succeeded(model);
                finish(entry.outcome(Outcome.SUCCESS)
                        .servedModel(response.model().orElse(null))
                        .requestId(response.requestId().orElse(null))
                        .usage(response.usage()), start, info, null);
                return response;
            } catch (LlmException e) {
                EndCause cause = scope.endCause().orElse(null);
                if (cause != null && cause.isCancel()) {
                    finish(entry.outcome(Outcome.CANCELLED).reason(ErrorReason.CANCELLED).sent(e.requestSent()), start, info, null);
                    throw call.cancelled(cause);
                }
                LlmException error = attributed(cause == null ? e : timeout(cause, e, clocks), model);
                health.failed(model, error);
                finish(failure(entry, error), start, info, error);
                throw error;
            }
        }
    }

    /** The provider's answer; whatever it throws instead of one of the eight is turned into one. */
    private ChatResponse answer(ChatRequest request, AttemptScope scope) {
        try {
            ChatResponse response = target.chat(request, scope);
            if (response == null) {
                throw fault("returned null instead of an answer", null);
            }
            return response;
        } catch (LlmException e) {
            throw e;
        } catch (StackOverflowError | RuntimeException e) {
            throw fault("threw " + e.getClass().getName(), e);
        } catch (VirtualMachineError e) {
            throw e; // the JVM is in trouble, not the provider
        } catch (Error e) {
            throw fault("threw " + e.getClass().getName(), e);
        }
    }

    private static LlmException fault(String what, @Nullable Throwable cause) {
        return LlmServiceException.builder()
                .message("the provider " + what + "; this is a fault of the provider's code")
                .reason(ErrorReason.PROVIDER_FAULT)
                .retryHere(false)
                .cause(cause)
                .build();
    }

    private LlmException timeout(EndCause clock, LlmException cut, TimeoutSettings clocks) {
        LlmException.Builder<LlmTimeoutException> builder =
                LlmTimeoutException.builder().requestSent(cut.requestSent()).cause(cut);
        return switch (clock) {
            case ATTEMPT_CLOCK -> builder.reason(ErrorReason.ATTEMPT_TIMEOUT)
                    .message("no answer within " + clocks.attempt().toMillis() + " ms (attempt clock, llm.timeouts.attempt)")
                    .build();
            case LINK_CLOCK -> builder.reason(ErrorReason.LINK_TIMEOUT)
                    .message("no answer within this provider's share of the total time (llm.timeouts.total)")
                    .build();
            default -> builder.reason(ErrorReason.TOTAL_TIMEOUT)
                    .message("no answer within the total time (llm.timeouts.total)")
                    .build();
        };
    }

    /** The error with provider and model in it, whoever made it. */
    private LlmException attributed(LlmException error, String model) {
        if (error.provider().equals(settings.name()) && error.model().isPresent()) {
            return error;
        }
        String message = String.valueOf(error.getMessage());
        return error.toBuilder()
                .provider(settings.name())
                .model(error.model().orElse(model.isEmpty() ? null : model))
                .message(message.startsWith(whose()) ? message : whose() + message)
                .build();
    }

    /** How the message of an error begins; its entry in the list names the provider anyway. */
    private String whose() {
        return "provider \"" + settings.name() + "\": ";
    }

    private Attempt.Builder entry(String model, Duration start, Duration waited) {
        return Attempt.builder(settings.name(), Outcome.ERROR)
                .number(call.nextNumber())
                .providerType(settings.type())
                .model(model.isEmpty() ? null : model)
                .start(start)
                .waitBefore(waited);
    }

    private Attempt.Builder failure(Attempt.Builder entry, LlmException error) {
        String message = String.valueOf(error.getMessage());
        return entry.kind(error.kind())
                .reason(error.reason().orElse(null))
                .status(error.status().orElse(0))
                .code(error.code().orElse(null))
                .message(message.startsWith(whose()) ? message.substring(whose().length()) : message)
                .retryAfter(error.retryAfter().orElse(null))
                .requestId(error.requestId().orElse(null))
                .sent(error.requestSent());
    }

    private AttemptInfo info(String model) {
        return new AttemptInfo(
                call.nextNumber(),
                settings.name(),
                settings.type(),
                target.endpoint(),
                model.isEmpty() ? Optional.empty() : Optional.of(model),
                call.engine().time().now());
    }

    /** Tells the listeners and collects the headers they add; one that cannot stand in a request is left out. */
    private Map<String, String> started(@Nullable AttemptInfo info) {
        if (info == null) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        AttemptStarted event = new AttemptStarted(call.info(), info);
        call.tell(listener -> listener.attemptStarted(event, (name, value) -> {
            String problem = HeaderRules.problem(name, value);
            if (problem != null) {
                throw new IllegalArgumentException(problem);
            }
            headers.putIfAbsent(name, value);
        }));
        return headers;
    }

    private void finish(Attempt.Builder entry, Duration start, @Nullable AttemptInfo info, @Nullable LlmException error) {
        Attempt attempt = entry.duration(call.sinceStart().minus(start)).build();
        call.record(attempt, error);
        if (attempt.outcome() == Outcome.ERROR) {
            LOG.log(Level.DEBUG, () -> "call " + call.callId() + ": attempt " + attempt.number() + ", " + attempt);
        }
        if (info != null) {
            AttemptFinished event = new AttemptFinished(call.info(), info, attempt);
            call.tell(listener -> listener.attemptFinished(event));
        }
    }
}
