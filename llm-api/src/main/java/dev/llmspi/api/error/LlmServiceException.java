package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Thrown when the provider failed (status 5xx), or when its response is not a valid answer: an empty body, HTML, JSON
 * with an unexpected structure, or an error with status 200. The client retries and then falls back to the next
 * provider.
 */
public final class LlmServiceException extends LlmException {

    private static final long serialVersionUID = 1;

    private LlmServiceException(Builder<LlmServiceException> builder) {
        super(ErrorKind.SERVICE, builder);
    }

    public static Builder<LlmServiceException> builder() {
        return new Builder<>(LlmServiceException::new);
    }
}
