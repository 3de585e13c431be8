package dev.llmspi.api;

/**
 * An optional interface for providers that can report the state of their API key and account. Obtain it with
 * {@link LlmProvider#as}.
 */
public interface AccountStatus {

    /**
     * Fetches the state of the key in use. This is the cheapest way to check a key: it takes one request and no tokens.
     *
     * <p>Throws the same errors as {@link LlmProvider#chat}. For a rejected key, this is an
     * {@code LlmAuthenticationException}.
     */
    Account account(CallContext context);
}
