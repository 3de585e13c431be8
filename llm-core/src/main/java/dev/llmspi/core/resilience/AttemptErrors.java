package dev.llmspi.core.resilience;

import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.UnfinishedStreamException;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.core.call.EndCause;
import dev.llmspi.core.settings.TimeoutSettings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes one of the eight errors of whatever ended an attempt: what its provider threw, or a clock. */
final class AttemptErrors {

    private final String provider;
    private final Optional<String> model;
    private final TimeoutSettings clocks;

    AttemptErrors(String provider, Optional<String> model, TimeoutSettings clocks) {
        this.provider = provider;
        this.model = model;
        this.clocks = clocks;
    }

    /** What a provider threw, as one of the eight. */
    static LlmException of(Throwable thrown) {
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

    /**
     * The timeout of a clock that rang.
     *
     * @param cut what the provider threw when it was ended
     */
    LlmException timeout(EndCause clock, LlmException cut) {
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
    LlmException attributed(LlmException error) {
        if (error.provider().equals(provider) && error.model().isPresent()) {
            return error;
        }
        String message = String.valueOf(error.getMessage());
        return error.toBuilder()
                .provider(provider)
                .model(error.model().or(() -> model).orElse(null))
                .message(message.startsWith(whose()) ? message : whose() + message)
                .build();
    }

    /** How the message of an error begins. */
    private String whose() {
        return "provider \"" + provider + "\": ";
    }

    /** The message of an error for its entry in the list, which names the provider anyway. */
    String withoutName(LlmException error) {
        String message = String.valueOf(error.getMessage());
        return message.startsWith(whose()) ? message.substring(whose().length()) : message;
    }
}
