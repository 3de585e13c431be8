package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * The key is missing, wrong, expired, or lacks a permission (401, most 403). Not retried; the next provider has a key of its
 * own. An empty account is a {@link LlmResourceExhaustedException}, a gated model a {@link LlmModelException}.
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
