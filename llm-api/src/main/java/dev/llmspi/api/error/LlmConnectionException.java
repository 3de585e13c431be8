package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * The provider could not be reached, or the connection broke before the answer was complete: unknown host, refused, TLS,
 * reset, cut body. Retried and then handed to the next provider, except where TLS does not trust the server: that is not
 * retried. A clock that ran out is a {@link LlmTimeoutException}; an answer that came whole but is none, a
 * {@link LlmServiceException}.
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
