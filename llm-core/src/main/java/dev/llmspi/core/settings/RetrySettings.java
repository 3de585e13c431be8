package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings for retries at one provider. The backoff before retry n is random between {@code delay} and
 * min({@code maxDelay}, {@code delay}·2ⁿ). If the provider specifies how long to wait, the client waits that long
 * instead. Immutable.
 */
public final class RetrySettings {

    private static final Set<ErrorKind> DEFAULT_ON =
            Set.of(ErrorKind.CONNECTION, ErrorKind.TIMEOUT, ErrorKind.RATE_LIMIT, ErrorKind.SERVICE);

    private static final Duration DELAY = Duration.ofSeconds(1);
    private static final Duration MAX_DELAY = Duration.ofSeconds(60);

    private final int maxRetries;
    private final @Nullable Duration delay;
    private final @Nullable Duration maxDelay;
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

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these settings. */
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

    /**
     * The number of retries after the first attempt, for each provider of the chain. Default: 3. Zero disables retries.
     */
    public int maxRetries() {
        return maxRetries;
    }

    /** The minimum backoff. Default: 1 s, or {@code maxDelay} if that is set to a shorter duration. */
    public Duration delay() {
        if (delay != null) {
            return delay;
        }
        return maxDelay != null && maxDelay.compareTo(DELAY) < 0 ? maxDelay : DELAY;
    }

    /** The maximum backoff. Default: 60 s, or {@code delay} if that is set to a longer duration. */
    public Duration maxDelay() {
        if (maxDelay != null) {
            return maxDelay;
        }
        return delay != null && delay.compareTo(MAX_DELAY) > 0 ? delay : MAX_DELAY;
    }

    /**
     * The longest wait to accept if the provider of the last usable link specifies one. If that provider specifies a
     * longer wait, the call fails. Default: 60 s.
     */
    public Duration maxRetryAfter() {
        return maxRetryAfter;
    }

    /**
     * The longest wait before a retry while another usable link remains. If the wait would be longer, the call falls
     * back to that link. Default: 5 s.
     */
    public Duration maxWaitBeforeNext() {
        return maxWaitBeforeNext;
    }

    /**
     * The number of retries after timeouts. It is low, because the answer may already have been generated and billed.
     * Default: 1.
     */
    public int maxAfterTimeout() {
        return maxAfterTimeout;
    }

    /**
     * The retry budget of a provider, shared by all calls. Each retry consumes one unit and each successful attempt
     * returns one. While the budget is empty, each call makes only one attempt at the provider. Default: 100.
     */
    public int budget() {
        return budget;
    }

    /** The kinds of error that are retried. Default: connection, timeout, rate limit and service. */
    public Set<ErrorKind> on() {
        return on;
    }

    /** Returns the settings as the keys and values of a {@code retry} block. */
    Map<String, Object> keys() {
        return Map.of(
                "max-retries", maxRetries,
                "delay", delay(),
                "max-delay", maxDelay(),
                "max-retry-after", maxRetryAfter,
                "max-wait-before-next", maxWaitBeforeNext,
                "max-after-timeout", maxAfterTimeout,
                "budget", budget,
                "on", on.stream().map(ErrorKind::id).toList());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RetrySettings that
                && maxRetries == that.maxRetries
                && delay().equals(that.delay())
                && maxDelay().equals(that.maxDelay())
                && maxRetryAfter.equals(that.maxRetryAfter)
                && maxWaitBeforeNext.equals(that.maxWaitBeforeNext)
                && maxAfterTimeout == that.maxAfterTimeout
                && budget == that.budget
                && on.equals(that.on);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                maxRetries, delay(), maxDelay(), maxRetryAfter, maxWaitBeforeNext, maxAfterTimeout, budget, on);
    }

    @Override
    public String toString() {
        return "RetrySettings[maxRetries=" + maxRetries + ", delay=" + delay() + ", maxDelay=" + maxDelay() + ", on="
                + on + "]";
    }

    /** Builds {@link RetrySettings}. Not thread-safe. */
    public static final class Builder {
        private int maxRetries = 3;
        private @Nullable Duration delay;
        private @Nullable Duration maxDelay;
        private Duration maxRetryAfter = Duration.ofSeconds(60);
        private Duration maxWaitBeforeNext = Duration.ofSeconds(5);
        private int maxAfterTimeout = 1;
        private int budget = 100;
        private Set<ErrorKind> on = DEFAULT_ON;

        private Builder() {}

        /** Sets the number of retries after the first attempt. */
        public Builder maxRetries(int count) {
            this.maxRetries = notNegative("max-retries", count);
            return this;
        }

        /** Sets the minimum backoff. */
        public Builder delay(Duration wait) {
            this.delay = notNegative("delay", wait);
            return this;
        }

        /** Sets the maximum backoff. */
        public Builder maxDelay(Duration wait) {
            this.maxDelay = notNegative("max-delay", wait);
            return this;
        }

        /** Sets the longest wait to accept if the provider of the last usable link specifies one. */
        public Builder maxRetryAfter(Duration wait) {
            this.maxRetryAfter = notNegative("max-retry-after", wait);
            return this;
        }

        /** Sets the longest wait before a retry while another usable link remains. */
        public Builder maxWaitBeforeNext(Duration wait) {
            this.maxWaitBeforeNext = notNegative("max-wait-before-next", wait);
            return this;
        }

        /** Sets the number of retries after timeouts. */
        public Builder maxAfterTimeout(int count) {
            this.maxAfterTimeout = notNegative("max-after-timeout", count);
            return this;
        }

        /** Sets the retry budget. */
        public Builder budget(int retries) {
            this.budget = notNegative("budget", retries);
            return this;
        }

        /** Sets the kinds of error that are retried. */
        public Builder on(Set<ErrorKind> kinds) {
            this.on = kinds.isEmpty() ? Set.of() : EnumSet.copyOf(kinds);
            return this;
        }

        /**
         * Returns immutable settings.
         *
         * @throws IllegalArgumentException if both delays are set and {@code delay} is longer than {@code max-delay}
         */
        public RetrySettings build() {
            if (delay != null && maxDelay != null && delay.compareTo(maxDelay) > 0) {
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
