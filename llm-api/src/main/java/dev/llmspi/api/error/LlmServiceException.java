package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * The provider failed (5xx), or sent something that is no answer: an empty body, HTML, a JSON text of another shape, an error
 * inside a 200. Retried and then handed to the next provider.
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
