package dev.llmspi.core.call;

import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.UnfinishedStreamException;
import dev.llmspi.api.error.LlmAuthenticationException;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.spi.CredentialException;
import dev.llmspi.core.runtime.FatalErrors;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Creates the error of an attempt from what its provider threw or from an expired timeout. */
final class AttemptErrors {

    private final String provider;
    private final Optional<String> model;
    private final TimeoutSettings timeouts;

    AttemptErrors(String provider, Optional<String> model, TimeoutSettings timeouts) {
        this.provider = provider;
        this.model = model;
        this.timeouts = timeouts;
    }

    /**
     * Turns what a provider threw into an {@link LlmException} of one of the eight kinds. Sets the interrupt flag again
     * if the provider threw an InterruptedException, which is possible without declaring it, so that the call ends.
     */
    static LlmException of(Throwable thrown) {
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        if (thrown instanceof LlmException error) {
            return error;
        }
        if (thrown instanceof CredentialException source) {
            return LlmAuthenticationException.builder()
                    .message("could not obtain its API key: " + source.getMessage())
                    .reason(ErrorReason.MISSING_CREDENTIAL)
                    .requestSent(false)
                    .cause(source)
                    .build();
        }
        if (FatalErrors.isThreadLimit(thrown)) {
            return noThread(thrown, true);
        }
        return thrown instanceof UnfinishedStreamException
                ? truncated()
                : fault("threw " + thrown.getClass().getName(), thrown);
    }

    /** Creates the error for a stream that ended without a finish reason. */
    static LlmException truncated() {
        return LlmServiceException.builder()
                .message("the stream ended without a finish reason")
                .reason(ErrorReason.TRUNCATED)
                .build();
    }

    /** Creates the error for a fault in the provider's code. */
    static LlmException fault(String what, @Nullable Throwable cause) {
        return LlmServiceException.builder()
                .message("the provider " + what + "; this is a fault of the provider's code")
                .reason(ErrorReason.PROVIDER_FAULT)
                .retryHere(false)
                .cause(cause)
                .build();
    }

    /**
     * Creates the error for a call that needs a thread which the process cannot have now. No provider is to blame.
     *
     * @param sent whether the request may have been sent
     */
    static LlmException noThread(Throwable cause, boolean sent) {
        return LlmServiceException.builder()
                .message("the call needs another thread, but this process cannot have one now; check its limits of"
                        + " threads and memory")
                .requestSent(sent)
                .cause(cause)
                .build();
    }

    /** Creates the error for a call whose total timeout expired, regardless of its attempts. */
    static LlmException totalTimeout(Duration total) {
        return LlmTimeoutException.builder()
                .message("no answer within the total time of " + total.toMillis() + " ms (llm.timeouts.total)")
                .reason(ErrorReason.TOTAL_TIMEOUT)
                .requestSent(false)
                .build();
    }

    /**
     * Creates the error for an expired timeout.
     *
     * @param cut what the provider threw when its attempt was terminated
     */
    LlmException timeout(TerminationCause expired, LlmException cut) {
        String source = waitedForSource(cut) ? ": " + withoutName(cut) : "";
        LlmException.Builder<LlmTimeoutException> builder =
                LlmTimeoutException.builder().requestSent(cut.requestSent()).cause(cut);
        return switch (expired) {
            case ATTEMPT_TIMEOUT ->
                builder.reason(ErrorReason.ATTEMPT_TIMEOUT)
                        .message("no answer within " + timeouts.attempt().toMillis() + " ms (llm.timeouts.attempt)"
                                + source)
                        .build();
            case FIRST_TOKEN_TIMEOUT ->
                builder.reason(ErrorReason.FIRST_TOKEN_TIMEOUT)
                        .message("no content within " + timeouts.firstToken().toMillis()
                                + " ms (llm.timeouts.first-token)" + source)
                        .build();
            case IDLE_TIMEOUT ->
                builder.reason(ErrorReason.IDLE_TIMEOUT)
                        .message("the stream was silent for " + timeouts.idle().toMillis() + " ms (llm.timeouts.idle)")
                        .build();
            case LINK_TIMEOUT ->
                builder.reason(ErrorReason.LINK_TIMEOUT)
                        .message("no answer within this provider's share of the total time (llm.timeouts.total)"
                                + source)
                        .build();
            default ->
                builder.reason(ErrorReason.TOTAL_TIMEOUT)
                        .message("no complete answer within the total time (llm.timeouts.total)" + source)
                        .build();
        };
    }

    /** Whether an attempt failed because the source of its key or of its proxy password did not answer in time. */
    static boolean waitedForSource(LlmException error) {
        return error.getCause() instanceof CredentialException source && source.isTimeout();
    }

    /** Returns a copy of the error that names the provider and the model of the attempt. */
    LlmException attributed(LlmException error) {
        if (error.provider().equals(provider) && error.model().isPresent()) {
            return error;
        }
        String message = String.valueOf(error.getMessage());
        return error.toBuilder()
                .provider(provider)
                .model(error.model().or(() -> model).orElse(null))
                .message(message.startsWith(prefix()) ? message : prefix() + message)
                .build();
    }

    /** The beginning of every error message, which names the provider. */
    private String prefix() {
        return "provider \"" + provider + "\": ";
    }

    /** Returns the error message without the provider's name, because the history entry contains the name anyway. */
    String withoutName(LlmException error) {
        String message = String.valueOf(error.getMessage());
        return message.startsWith(prefix()) ? message.substring(prefix().length()) : message;
    }
}
