package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Thrown when the request is invalid (status 400, 413, 422 and similar), or when moderation or a guardrail refused its
 * content ({@link dev.llmspi.api.ErrorReason#CONTENT_FILTERED}). The client does not retry, but falls back to the next
 * provider, because another server may accept the request. It does not fall back if the content was refused, or if the
 * request failed a check in this library that applies to every provider.
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
