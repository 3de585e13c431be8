package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Thrown when the API key is missing, wrong or expired, or lacks a permission (status 401, and usually 403). The client
 * does not retry, but falls back to the next provider, which has its own key. An account without credit causes a
 * {@link LlmResourceExhaustedException} instead, and a gated model causes a {@link LlmModelException}.
 */
public final class LlmAuthenticationException extends LlmException {

    private static final long serialVersionUID = 1;

    private LlmAuthenticationException(Builder<LlmAuthenticationException> builder) {
        super(ErrorKind.AUTHENTICATION, builder);
    }

    public static Builder<LlmAuthenticationException> builder() {
        return new Builder<>(LlmAuthenticationException::new);
    }
}
