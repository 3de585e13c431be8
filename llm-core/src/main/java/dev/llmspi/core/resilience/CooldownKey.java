package dev.llmspi.core.resilience;

/**
 * What can be in cooldown.
 *
 * @param owner the provider instance, or type and host where an account is concerned: two instances with one account share it
 * @param account the label of the account; empty if the account is not concerned
 * @param model the model; empty if it is left to the provider, or not concerned
 */
record CooldownKey(Scope scope, String owner, String account, String model) {

    enum Scope {
        /** A provider instance that cannot be reached. */
        PROVIDER,
        /** A model of an instance that fails. */
        MODEL,
        /** An account whose key is rejected, or that has run out of credit. */
        ACCOUNT,
        /** A model for which an account has reached its rate limit. */
        RATE
    }

    boolean concernsModel() {
        return scope == Scope.MODEL || scope == Scope.RATE;
    }
}
