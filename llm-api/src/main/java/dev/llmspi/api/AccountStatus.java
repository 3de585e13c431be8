package dev.llmspi.api;

/** The side of a provider that knows the state of its key and account; ask for it with {@link LlmProvider#as}. */
public interface AccountStatus {

    /**
     * Fetches the state of the key in use: the cheapest way to learn whether it works. One request, no tokens.
     *
     * <p>Errors as {@link LlmProvider#chat} has them; a rejected key is an {@code LlmAuthenticationException}.
     */
    Account account(CallContext context);
}
