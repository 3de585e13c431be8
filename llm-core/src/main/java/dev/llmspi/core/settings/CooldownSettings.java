package dev.llmspi.core.settings;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a provider, a model or an account is left alone, and for how long. A rate limit has no setting: the wait the provider asks
 * for is the cooldown.
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

    /** The defaults. */
    public static CooldownSettings defaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

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
     * After how many failures among the last {@link #ofAttempts} a model is left alone, or the whole instance if it cannot be
     * reached. Default 8; 0: never.
     */
    public int afterFailures() {
        return afterFailures;
    }

    /** How many attempts are looked back on. Default 10. */
    public int ofAttempts() {
        return ofAttempts;
    }

    /** The cooldown after failures; twice as long each time the trial after it fails. Default 5 s. */
    public Duration delay() {
        return delay;
    }

    /** The longest cooldown after failures. Default 60 s. */
    public Duration maxDelay() {
        return maxDelay;
    }

    /** The cooldown of an account whose key was rejected. Default 60 s; zero: none. */
    public Duration authentication() {
        return authentication;
    }

    /** The cooldown of an account without credit or quota, if the provider does not say until when. Default 5 min; zero: none. */
    public Duration exhausted() {
        return exhausted;
    }

    /** The longest cooldown, whatever a provider asks for. Default 1 h; zero: none at all. */
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

    /** Builds {@link CooldownSettings}. Not safe for use by several threads. */
    public static final class Builder {
        private int afterFailures = 8;
        private int ofAttempts = 10;
        private Duration delay = Duration.ofSeconds(5);
        private Duration maxDelay = Duration.ofSeconds(60);
        private Duration authentication = Duration.ofSeconds(60);
        private Duration exhausted = Duration.ofMinutes(5);
        private Duration max = Duration.ofHours(1);

        private Builder() {}

        public Builder afterFailures(int failures) {
            this.afterFailures = failures;
            return this;
        }

        public Builder ofAttempts(int attempts) {
            this.ofAttempts = attempts;
            return this;
        }

        public Builder delay(Duration first) {
            this.delay = first;
            return this;
        }

        public Builder maxDelay(Duration longest) {
            this.maxDelay = longest;
            return this;
        }

        public Builder authentication(Duration length) {
            this.authentication = length;
            return this;
        }

        public Builder exhausted(Duration length) {
            this.exhausted = length;
            return this;
        }

        public Builder max(Duration longest) {
            this.max = longest;
            return this;
        }

        /** @throws IllegalArgumentException if the numbers contradict each other */
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
