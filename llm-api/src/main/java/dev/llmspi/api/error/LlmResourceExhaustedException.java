package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Thrown when a credit, quota or budget is used up (status 402, or status 429 for a daily or exhausted quota). A retry
 * does not help, so the client falls back to the next provider immediately. If the provider stated when the quota is
 * available again, {@link #retryAfter()} returns the time until then.
 */
public final class LlmResourceExhaustedException extends LlmException {

    private static final long serialVersionUID = 1;

    private LlmResourceExhaustedException(Builder<LlmResourceExhaustedException> builder) {
        super(ErrorKind.RESOURCE_EXHAUSTED, builder);
    }

    public static Builder<LlmResourceExhaustedException> builder() {
        return new Builder<>(LlmResourceExhaustedException::new);
    }
}
