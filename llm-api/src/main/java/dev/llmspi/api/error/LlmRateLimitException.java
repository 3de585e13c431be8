package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Thrown when too many requests were sent in a short time (status 429). The client retries after the wait that the
 * provider requested ({@link #retryAfter()}), or after its own backoff. If the wait is long, it falls back to the next
 * provider. A limit that lasts until the next day causes a {@link LlmResourceExhaustedException} instead.
 */
public final class LlmRateLimitException extends LlmException {

    private static final long serialVersionUID = 1;

    private LlmRateLimitException(Builder<LlmRateLimitException> builder) {
        super(ErrorKind.RATE_LIMIT, builder);
    }

    public static Builder<LlmRateLimitException> builder() {
        return new Builder<>(LlmRateLimitException::new);
    }
}
