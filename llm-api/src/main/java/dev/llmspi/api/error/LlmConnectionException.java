package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Thrown when the provider could not be reached, or when the connection was lost before the answer was complete.
 * Possible causes are an unknown host, a refused connection, a TLS error, a connection reset and a truncated body. The
 * client retries and then falls back to the next provider, but does not retry if the server's certificate is not
 * trusted. An expired timeout causes a {@link LlmTimeoutException} instead, and a complete response that is not a valid
 * answer causes a {@link LlmServiceException}.
 */
public final class LlmConnectionException extends LlmException {

    private static final long serialVersionUID = 1;

    private LlmConnectionException(Builder<LlmConnectionException> builder) {
        super(ErrorKind.CONNECTION, builder);
    }

    public static Builder<LlmConnectionException> builder() {
        return new Builder<>(LlmConnectionException::new);
    }
}
