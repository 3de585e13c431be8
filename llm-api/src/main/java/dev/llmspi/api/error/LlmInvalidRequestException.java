package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * The request is wrong (400, 413, 422 and their like), or its content was refused by moderation or a guardrail
 * ({@link dev.llmspi.api.ErrorReason#CONTENT_FILTERED}). Neither retried nor handed to another provider: it would fail, or
 * be refused, there too.
 */
public final class LlmInvalidRequestException extends LlmException {

    private static final long serialVersionUID = 1;

    private LlmInvalidRequestException(Builder<LlmInvalidRequestException> builder) {
        super(ErrorKind.INVALID_REQUEST, builder);
    }

    public static Builder<LlmInvalidRequestException> builder() {
        return new Builder<>(LlmInvalidRequestException::new);
    }
}
