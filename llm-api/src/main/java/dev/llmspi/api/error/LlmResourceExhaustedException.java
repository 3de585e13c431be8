package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Out of credit, quota or budget (402; 429 for a daily or used-up quota). Retrying does not help; the next provider is asked
 * at once. {@link #retryAfter()} tells when the quota comes back, if the provider said so.
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
