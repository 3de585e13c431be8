package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * A clock ran out, here (attempt, total, a link's share of it) or at the provider (408, 504, 524). The reason names the clock.
 * Retried once, since the answer may have been made and billed already; then the next provider.
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
