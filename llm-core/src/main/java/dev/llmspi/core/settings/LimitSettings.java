package dev.llmspi.core.settings;

import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The limits that the client itself imposes on requests to one provider. By default, there are no limits. Immutable.
 */
public final class LimitSettings {

    private static final LimitSettings NONE = builder().build();

    private final OptionalInt maxConcurrent;
    private final OptionalInt requestsPerMinute;

    private LimitSettings(Builder builder) {
        this.maxConcurrent = builder.maxConcurrent;
        this.requestsPerMinute = builder.requestsPerMinute;
    }

    /** Returns settings without limits. */
    public static LimitSettings none() {
        return NONE;
    }

    /** Returns a builder without limits. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these limits. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.maxConcurrent = maxConcurrent;
        builder.requestsPerMinute = requestsPerMinute;
        return builder;
    }

    /** The maximum number of concurrent requests. A stream counts until it ends. */
    public OptionalInt maxConcurrent() {
        return maxConcurrent;
    }

    /** The maximum number of requests per minute, including retries. */
    public OptionalInt requestsPerMinute() {
        return requestsPerMinute;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LimitSettings that
                && maxConcurrent.equals(that.maxConcurrent)
                && requestsPerMinute.equals(that.requestsPerMinute);
    }

    @Override
    public int hashCode() {
        return Objects.hash(maxConcurrent, requestsPerMinute);
    }

    @Override
    public String toString() {
        return "LimitSettings[maxConcurrent=" + maxConcurrent + ", requestsPerMinute=" + requestsPerMinute + "]";
    }

    /** Builds {@link LimitSettings}. Not thread-safe. */
    public static final class Builder {
        private OptionalInt maxConcurrent = OptionalInt.empty();
        private OptionalInt requestsPerMinute = OptionalInt.empty();

        private Builder() {}

        /** Sets the maximum number of concurrent requests, which must be at least 1. */
        public Builder maxConcurrent(int requests) {
            this.maxConcurrent = OptionalInt.of(positive("max-concurrent", requests));
            return this;
        }

        /** Sets the maximum number of requests per minute, which must be at least 1. */
        public Builder requestsPerMinute(int requests) {
            this.requestsPerMinute = OptionalInt.of(positive("requests-per-minute", requests));
            return this;
        }

        /** Returns immutable settings. */
        public LimitSettings build() {
            return new LimitSettings(this);
        }

        private static int positive(String name, int number) {
            if (number < 1) {
                throw new IllegalArgumentException(name + " must be at least 1, not " + number);
            }
            return number;
        }
    }
}
