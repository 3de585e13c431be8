package dev.llmspi.core.settings;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings for cooldowns, during which calls skip a provider, model or account. There is no setting for rate
 * limits, because the cooldown after a rate limit lasts as long as the provider specifies. Immutable.
 */
public final class CooldownSettings {

    private final int afterFailures;
    private final int ofAttempts;
    private final Duration delay;
    private final Duration maxDelay;
    private final Duration authentication;
    private final Duration exhausted;
    private final Duration max;

    private CooldownSettings(Builder builder) {
        this.afterFailures = builder.afterFailures;
        this.ofAttempts = builder.ofAttempts;
        this.delay = builder.delay;
        this.maxDelay = builder.maxDelay;
        this.authentication = builder.authentication;
        this.exhausted = builder.exhausted;
        this.max = builder.max;
    }

    /** Returns the defaults. */
    public static CooldownSettings defaults() {
        return builder().build();
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these settings. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.afterFailures = afterFailures;
        builder.ofAttempts = ofAttempts;
        builder.delay = delay;
        builder.maxDelay = maxDelay;
        builder.authentication = authentication;
        builder.exhausted = exhausted;
        builder.max = max;
        return builder;
    }

    /**
     * The number of failures among the last {@link #ofAttempts} attempts that starts a cooldown. The cooldown applies
     * to the model, or to the whole provider if it cannot be reached. Default: 8. Zero disables these cooldowns.
     */
    public int afterFailures() {
        return afterFailures;
    }

    /** The number of recent attempts among which failures are counted. Default: 10. */
    public int ofAttempts() {
        return ofAttempts;
    }

    /** The length of the first cooldown after failures. It doubles each time the trial request fails. Default: 5 s. */
    public Duration delay() {
        return delay;
    }

    /** The maximum length of a cooldown after failures. Default: 60 s. */
    public Duration maxDelay() {
        return maxDelay;
    }

    /** How long an account whose key was rejected stays in cooldown. Default: 60 s. Zero disables it. */
    public Duration authentication() {
        return authentication;
    }

    /**
     * How long an account without credit or quota stays in cooldown if the provider specifies no wait.
     * Default: 5 min. Zero disables it.
     */
    public Duration exhausted() {
        return exhausted;
    }

    /**
     * The maximum length of any cooldown, even if the provider specifies a longer wait. Default: 1 h. Zero disables all
     * cooldowns.
     */
    public Duration max() {
        return max;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CooldownSettings that
                && afterFailures == that.afterFailures
                && ofAttempts == that.ofAttempts
                && delay.equals(that.delay)
                && maxDelay.equals(that.maxDelay)
                && authentication.equals(that.authentication)
                && exhausted.equals(that.exhausted)
                && max.equals(that.max);
    }

    @Override
    public int hashCode() {
        return Objects.hash(afterFailures, ofAttempts, delay, maxDelay, authentication, exhausted, max);
    }

    @Override
    public String toString() {
        return "CooldownSettings[afterFailures=" + afterFailures + ", ofAttempts=" + ofAttempts + ", delay=" + delay
                + ", maxDelay=" + maxDelay + ", authentication=" + authentication + ", exhausted=" + exhausted
                + ", max=" + max + "]";
    }

    /** Builds {@link CooldownSettings}. Not thread-safe. */
    public static final class Builder {
        private int afterFailures = 8;
        private int ofAttempts = 10;
        private Duration delay = Duration.ofSeconds(5);
        private Duration maxDelay = Duration.ofSeconds(60);
        private Duration authentication = Duration.ofSeconds(60);
        private Duration exhausted = Duration.ofMinutes(5);
        private Duration max = Duration.ofHours(1);

        private Builder() {}

        /** Sets the number of failures that starts a cooldown. */
        public Builder afterFailures(int failures) {
            this.afterFailures = failures;
            return this;
        }

        /** Sets the number of recent attempts among which failures are counted. */
        public Builder ofAttempts(int attempts) {
            this.ofAttempts = attempts;
            return this;
        }

        /** Sets the length of the first cooldown after failures. */
        public Builder delay(Duration first) {
            this.delay = first;
            return this;
        }

        /** Sets the maximum length of a cooldown after failures. */
        public Builder maxDelay(Duration longest) {
            this.maxDelay = longest;
            return this;
        }

        /** Sets the length of the cooldown of an account whose key was rejected. */
        public Builder authentication(Duration length) {
            this.authentication = length;
            return this;
        }

        /** Sets the length of the cooldown of an account without credit or quota. */
        public Builder exhausted(Duration length) {
            this.exhausted = length;
            return this;
        }

        /** Sets the maximum length of any cooldown. */
        public Builder max(Duration longest) {
            this.max = longest;
            return this;
        }

        /**
         * Returns immutable settings.
         *
         * @throws IllegalArgumentException if a value is out of range, or if two values contradict each other
         */
        public CooldownSettings build() {
            if (afterFailures < 0 || ofAttempts < 1) {
                throw new IllegalArgumentException("after-failures must be at least 0, of-attempts at least 1");
            }
            if (afterFailures > ofAttempts) {
                throw new IllegalArgumentException("after-failures (" + afterFailures
                        + ") must not be more than of-attempts (" + ofAttempts + ")");
            }
            if (delay.isZero() || delay.compareTo(maxDelay) > 0) {
                throw new IllegalArgumentException("delay must be longer than 0 and not longer than max-delay");
            }
            return new CooldownSettings(this);
        }
    }
}
