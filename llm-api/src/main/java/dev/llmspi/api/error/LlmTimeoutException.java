package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Thrown when a timeout expired, either in this client (the attempt timeout, the total timeout, or a link's share of
 * the total timeout) or at the provider (status 408, 504 or 524). {@link #reason()} returns which timeout it was. The
 * client retries once, because the answer may already have been generated and billed, and then falls back to the next
 * provider.
 */
public final class LlmTimeoutException extends LlmException {

    private static final long serialVersionUID = 1;

    private LlmTimeoutException(Builder<LlmTimeoutException> builder) {
        super(ErrorKind.TIMEOUT, builder);
    }

    public static Builder<LlmTimeoutException> builder() {
        return new Builder<>(LlmTimeoutException::new);
    }
}
