package dev.llmspi.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of a key and the account behind it. Money in the provider's currency (US dollars at OpenRouter). */
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

    /** The key's name, as the provider shows it; the provider has shortened it if it is the key itself. */
    public Optional<String> label() {
        return Optional.ofNullable(label);
    }

    /** What may be spent on this key; absent: no limit. */
    public Optional<BigDecimal> limit() {
        return Optional.ofNullable(limit);
    }

    /** What is left of {@link #limit}; absent: no limit. */
    public Optional<BigDecimal> remaining() {
        return Optional.ofNullable(remaining);
    }

    /** What has been spent so far. */
    public Optional<BigDecimal> used() {
        return Optional.ofNullable(used);
    }

    /** How often the limit starts anew, such as {@code monthly}; absent: never. */
    public Optional<String> limitReset() {
        return Optional.ofNullable(limitReset);
    }

    /** When the key ends; absent: never, or not known. */
    public Optional<Instant> expires() {
        return Optional.ofNullable(expires);
    }

    /** Whether no credit was ever bought: tighter limits apply. */
    public boolean isFreeTier() {
        return freeTier;
    }

    /** Whether there is still something to spend: no limit, or something left of it. */
    public boolean hasCredit() {
        return remaining == null || remaining.signum() > 0;
    }

    @Override
    public String toString() {
        return "Account[limit=" + limit + ", remaining=" + remaining + ", used=" + used + "]";
    }

    /** Builds an {@link Account}; not safe for use by several threads. */
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
