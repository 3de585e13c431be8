package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Too many requests just now (429). Retried after the wait the provider asked for ({@link #retryAfter()}), or after a backoff
 * of our own; where the wait is long, the next provider is asked instead. A limit that lasts until tomorrow is a
 * {@link LlmResourceExhaustedException}.
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
