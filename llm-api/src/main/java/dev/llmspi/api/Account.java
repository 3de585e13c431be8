package dev.llmspi.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of an API key and the account behind it. Amounts of money are in the provider's currency, which is US
 * dollars at OpenRouter. Instances are immutable.
 */
public final class Account {

    private final @Nullable String label;
    private final @Nullable BigDecimal limit;
    private final @Nullable BigDecimal remaining;
    private final @Nullable BigDecimal used;
    private final @Nullable String limitReset;
    private final @Nullable Instant expires;
    private final boolean freeTier;

    private Account(Builder builder) {
        this.label = builder.label;
        this.limit = builder.limit;
        this.remaining = builder.remaining;
        this.used = builder.used;
        this.limitReset = builder.limitReset;
        this.expires = builder.expires;
        this.freeTier = builder.freeTier;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the name under which the provider shows the key. If the provider shows the key itself, it is shortened.
     */
    public Optional<String> label() {
        return Optional.ofNullable(label);
    }

    /** Returns the amount of money that may be spent with this key, or empty if there is no limit. */
    public Optional<BigDecimal> limit() {
        return Optional.ofNullable(limit);
    }

    /** Returns the unspent part of {@link #limit}, or empty if there is no limit. */
    public Optional<BigDecimal> remaining() {
        return Optional.ofNullable(remaining);
    }

    /** Returns the amount of money spent so far. */
    public Optional<BigDecimal> used() {
        return Optional.ofNullable(used);
    }

    /** Returns how often the limit is reset, such as {@code monthly}, or empty if it is never reset. */
    public Optional<String> limitReset() {
        return Optional.ofNullable(limitReset);
    }

    /** Returns the time at which the key expires, or empty if it never expires or the time is unknown. */
    public Optional<Instant> expires() {
        return Optional.ofNullable(expires);
    }

    /** Returns whether the account has never bought credit. Tighter limits apply to such accounts. */
    public boolean isFreeTier() {
        return freeTier;
    }

    /** Returns whether there is credit left: either the key has no limit, or part of the limit is unspent. */
    public boolean hasCredit() {
        return remaining == null || remaining.signum() > 0;
    }

    @Override
    public String toString() {
        return "Account[limit=" + limit + ", remaining=" + remaining + ", used=" + used + "]";
    }

    /** Builds an {@link Account}. This class is not thread-safe. */
    public static final class Builder {
        private @Nullable String label;
        private @Nullable BigDecimal limit;
        private @Nullable BigDecimal remaining;
        private @Nullable BigDecimal used;
        private @Nullable String limitReset;
        private @Nullable Instant expires;
        private boolean freeTier;

        private Builder() {}

        public Builder label(@Nullable String name) {
            this.label = name;
            return this;
        }

        public Builder limit(@Nullable BigDecimal amount) {
            this.limit = amount;
            return this;
        }

        public Builder remaining(@Nullable BigDecimal amount) {
            this.remaining = amount;
            return this;
        }

        public Builder used(@Nullable BigDecimal amount) {
            this.used = amount;
            return this;
        }

        public Builder limitReset(@Nullable String period) {
            this.limitReset = period;
            return this;
        }

        public Builder expires(@Nullable Instant end) {
            this.expires = end;
            return this;
        }

        public Builder freeTier(boolean free) {
            this.freeTier = free;
            return this;
        }

        public Account build() {
            return new Account(this);
        }
    }
}
