package dev.llmspi.core.settings;

import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The limits a client sets itself at each provider. Default: none. */
public final class LimitSettings {

    private static final LimitSettings NONE = builder().build();

    private final OptionalInt maxConcurrent;
    private final OptionalInt requestsPerMinute;

    private LimitSettings(Builder builder) {
        this.maxConcurrent = builder.maxConcurrent;
        this.requestsPerMinute = builder.requestsPerMinute;
    }

    /** No limits. */
    public static LimitSettings none() {
        return NONE;
    }

    public static Builder builder() {
        return new Builder();
    }

    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.maxConcurrent = maxConcurrent;
        builder.requestsPerMinute = requestsPerMinute;
        return builder;
    }

    /** The most requests under way at once; a stream is under way until its end. */
    public OptionalInt maxConcurrent() {
        return maxConcurrent;
    }

    /** The most requests in a minute, retries included. */
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

    /** Builds {@link LimitSettings}. Not safe for use by several threads. */
    public static final class Builder {
        private OptionalInt maxConcurrent = OptionalInt.empty();
        private OptionalInt requestsPerMinute = OptionalInt.empty();

        private Builder() {}

        public Builder maxConcurrent(int requests) {
            this.maxConcurrent = OptionalInt.of(positive("max-concurrent", requests));
            return this;
        }

        public Builder requestsPerMinute(int requests) {
            this.requestsPerMinute = OptionalInt.of(positive("requests-per-minute", requests));
            return this;
        }

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
