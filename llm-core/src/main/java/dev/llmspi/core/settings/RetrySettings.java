package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When and how the same provider is asked again. The wait before retry n is random between {@code delay} and
 * min({@code maxDelay}, {@code delay}·2ⁿ); a wait the provider asks for is obeyed instead.
 */
public final class RetrySettings {

    private static final Set<ErrorKind> DEFAULT_ON =
            Set.of(ErrorKind.CONNECTION, ErrorKind.TIMEOUT, ErrorKind.RATE_LIMIT, ErrorKind.SERVICE);

    private final int maxRetries;
    private final Duration delay;
    private final Duration maxDelay;
    private final Duration maxRetryAfter;
    private final Duration maxWaitBeforeNext;
    private final int maxAfterTimeout;
    private final int budget;
    private final Set<ErrorKind> on;

    private RetrySettings(Builder builder) {
        this.maxRetries = builder.maxRetries;
        this.delay = builder.delay;
        this.maxDelay = builder.maxDelay;
        this.maxRetryAfter = builder.maxRetryAfter;
        this.maxWaitBeforeNext = builder.maxWaitBeforeNext;
        this.maxAfterTimeout = builder.maxAfterTimeout;
        this.budget = builder.budget;
        this.on = Set.copyOf(builder.on);
    }

    public static Builder builder() {
        return new Builder();
    }

    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.maxRetries = maxRetries;
        builder.delay = delay;
        builder.maxDelay = maxDelay;
        builder.maxRetryAfter = maxRetryAfter;
        builder.maxWaitBeforeNext = maxWaitBeforeNext;
        builder.maxAfterTimeout = maxAfterTimeout;
        builder.budget = budget;
        builder.on = on;
        return builder;
    }

    /** Retries after the first attempt, for each provider of the chain. Default 3; 0: none. */
    public int maxRetries() {
        return maxRetries;
    }

    /** The shortest first wait. Default 1 s. */
    public Duration delay() {
        return delay;
    }

    /** The longest wait of our own choice. Default 60 s. */
    public Duration maxDelay() {
        return maxDelay;
    }

    /** The longest wait a provider may ask for on the last usable link; a longer one is an error at once. Default 60 s. */
    public Duration maxRetryAfter() {
        return maxRetryAfter;
    }

    /** With another usable link left: a longer wait than this is not waited, the next link is asked. Default 5 s. */
    public Duration maxWaitBeforeNext() {
        return maxWaitBeforeNext;
    }

    /** Retries after a timeout; the answer may have been made and billed already. Default 1. */
    public int maxAfterTimeout() {
        return maxAfterTimeout;
    }

    /**
     * How many retries a provider gets, from all calls together, before it answers again: each retry takes one, each success
     * gives one back. When none is left, calls go on with one attempt each. Default 100.
     */
    public int budget() {
        return budget;
    }

    /** The kinds of error that are retried. Default: connection, timeout, rate limit, service. */
    public Set<ErrorKind> on() {
        return on;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RetrySettings that
                && maxRetries == that.maxRetries
                && delay.equals(that.delay)
                && maxDelay.equals(that.maxDelay)
                && maxRetryAfter.equals(that.maxRetryAfter)
                && maxWaitBeforeNext.equals(that.maxWaitBeforeNext)
                && maxAfterTimeout == that.maxAfterTimeout
                && budget == that.budget
                && on.equals(that.on);
    }

    @Override
    public int hashCode() {
        return Objects.hash(maxRetries, delay, maxDelay, maxRetryAfter, maxWaitBeforeNext, maxAfterTimeout, budget, on);
    }

    @Override
    public String toString() {
        return "RetrySettings[maxRetries=" + maxRetries + ", delay=" + delay + ", maxDelay=" + maxDelay + ", on=" + on
                + "]";
    }

    /** Builds {@link RetrySettings}. Not safe for use by several threads. */
    public static final class Builder {
        private int maxRetries = 3;
        private Duration delay = Duration.ofSeconds(1);
        private Duration maxDelay = Duration.ofSeconds(60);
        private Duration maxRetryAfter = Duration.ofSeconds(60);
        private Duration maxWaitBeforeNext = Duration.ofSeconds(5);
        private int maxAfterTimeout = 1;
        private int budget = 100;
        private Set<ErrorKind> on = DEFAULT_ON;

        private Builder() {}

        public Builder maxRetries(int count) {
            this.maxRetries = notNegative("max-retries", count);
            return this;
        }

        public Builder delay(Duration wait) {
            this.delay = notNegative("delay", wait);
            return this;
        }

        public Builder maxDelay(Duration wait) {
            this.maxDelay = notNegative("max-delay", wait);
            return this;
        }

        public Builder maxRetryAfter(Duration wait) {
            this.maxRetryAfter = notNegative("max-retry-after", wait);
            return this;
        }

        public Builder maxWaitBeforeNext(Duration wait) {
            this.maxWaitBeforeNext = notNegative("max-wait-before-next", wait);
            return this;
        }

        public Builder maxAfterTimeout(int count) {
            this.maxAfterTimeout = notNegative("max-after-timeout", count);
            return this;
        }

        public Builder budget(int retries) {
            this.budget = notNegative("budget", retries);
            return this;
        }

        public Builder on(Set<ErrorKind> kinds) {
            this.on = kinds.isEmpty() ? Set.of() : EnumSet.copyOf(kinds);
            return this;
        }

        /** @throws IllegalArgumentException if {@code delay} is longer than {@code max-delay} */
        public RetrySettings build() {
            if (delay.compareTo(maxDelay) > 0) {
                throw new IllegalArgumentException("delay must not be longer than max-delay (" + maxDelay + ")");
            }
            return new RetrySettings(this);
        }

        private static int notNegative(String key, int count) {
            if (count < 0) {
                throw new IllegalArgumentException(key + " must be at least 0, not " + count);
            }
            return count;
        }

        private static Duration notNegative(String key, Duration wait) {
            if (wait.isNegative()) {
                throw new IllegalArgumentException(key + " must not be negative");
            }
            return wait;
        }
    }
}
