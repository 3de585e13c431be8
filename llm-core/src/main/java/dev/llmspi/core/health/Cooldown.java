package dev.llmspi.core.health;

import dev.llmspi.api.ErrorKind;
import java.time.Instant;

/**
 * A period during which calls skip a provider, a model or an account.
 *
 * @param kind the kind of error that caused it
 * @param since the time at which it began
 * @param until the time at which it ends
 * @param sinceNanos the time at which it began, in nanoseconds on the time source's clock
 * @param untilNanos the time at which it ends, in nanoseconds on the time source's clock
 */
public record Cooldown(ErrorKind kind, Instant since, Instant until, long sinceNanos, long untilNanos) {

    /** The kinds of subjects to which a cooldown can apply. */
    public enum Scope {
        /** A provider that cannot be reached. */
        PROVIDER,
        /** One model of a provider, for which requests fail. */
        MODEL,
        /** An account whose key is rejected or that has no credit left. */
        ACCOUNT,
        /** A model for which an account has reached its rate limit. */
        RATE
    }

    /**
     * Identifies the subject of a cooldown.
     *
     * @param owner the provider's name; for an account, the provider's type and host, so that two providers can share
     *     the account
     * @param account the label of the account, or an empty string if the cooldown does not apply to an account
     * @param model the model, or an empty string if the provider chooses the model or the cooldown does not apply to a
     *     model
     */
    public record Key(Scope scope, String owner, String account, String model) {

        /** Whether the cooldown applies to a single model. */
        public boolean concernsModel() {
            return scope == Scope.MODEL || scope == Scope.RATE;
        }
    }
}
