package dev.llmspi.core.settings;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts of a call and its attempts. Each timeout is optional. A timeout that is not set comes from wider
 * settings ({@link #over}) or else has its default value. If another timeout is longer than the total timeout, the
 * total timeout expires first. Immutable.
 */
public final class TimeoutSettings {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration FIRST_TOKEN = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration ATTEMPT = Duration.ofSeconds(60);
    private static final Duration TOTAL = Duration.ofMinutes(10);

    private static final TimeoutSettings NONE = builder().build();

    private final @Nullable Duration connect;
    private final @Nullable Duration firstToken;
    private final @Nullable Duration idle;
    private final @Nullable Duration attempt;
    private final @Nullable Duration total;

    private TimeoutSettings(Builder builder) {
        this.connect = builder.connect;
        this.firstToken = builder.firstToken;
        this.idle = builder.idle;
        this.attempt = builder.attempt;
        this.total = builder.total;
    }

    /** Returns settings in which no timeout is set, so that the defaults apply. */
    public static TimeoutSettings none() {
        return NONE;
    }

    /** Returns a builder in which no timeout is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with the timeouts that are set here. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.connect = connect;
        builder.firstToken = firstToken;
        builder.idle = idle;
        builder.attempt = attempt;
        builder.total = total;
        return builder;
    }

    /** Returns these timeouts. Timeouts that are not set here are taken from the wider settings. */
    public TimeoutSettings over(TimeoutSettings wider) {
        if (this == NONE || this == wider) {
            return wider;
        }
        if (wider == NONE) {
            return this;
        }
        Builder builder = new Builder();
        builder.connect = connect != null ? connect : wider.connect;
        builder.firstToken = firstToken != null ? firstToken : wider.firstToken;
        builder.idle = idle != null ? idle : wider.idle;
        builder.attempt = attempt != null ? attempt : wider.attempt;
        builder.total = total != null ? total : wider.total;
        return builder.build();
    }

    /** The timeout for opening a connection. Default: 10 s. */
    public Duration connect() {
        return connect != null ? connect : CONNECT;
    }

    /**
     * The longest time a stream may take to deliver its first content. Default: the attempt timeout if it is set,
     * otherwise 30 s.
     */
    public Duration firstToken() {
        return firstToken != null ? firstToken : attempt != null ? attempt : FIRST_TOKEN;
    }

    /** The longest time between two events of a stream. Default: 30 s. */
    public Duration idle() {
        return idle != null ? idle : IDLE;
    }

    /** The longest time from the start of an attempt to the end of its answer. Default: 60 s. */
    public Duration attempt() {
        return attempt != null ? attempt : ATTEMPT;
    }

    /**
     * The timeout of the whole call, including all attempts, waits and providers. Default: 10 min, or the attempt
     * timeout if that is longer. The default is increased if a chain needs more time to make one full attempt at each
     * usable link.
     */
    public Duration total() {
        return total != null ? total : attempt != null && attempt.compareTo(TOTAL) > 0 ? attempt : TOTAL;
    }

    /** The attempt timeout if it is set here. The default value is ignored. */
    public Optional<Duration> ownAttempt() {
        return Optional.ofNullable(attempt);
    }

    /** The total timeout if it is set here. The default value is ignored. */
    public Optional<Duration> ownTotal() {
        return Optional.ofNullable(total);
    }

    /** Returns the settings as the keys and values of a {@code timeouts} block. */
    Map<String, Object> keys() {
        return Map.of(
                "connect", connect(),
                "first-token", firstToken(),
                "idle", idle(),
                "attempt", attempt(),
                "total", total());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TimeoutSettings that
                && connect().equals(that.connect())
                && firstToken().equals(that.firstToken())
                && idle().equals(that.idle())
                && attempt().equals(that.attempt())
                && total().equals(that.total());
    }

    @Override
    public int hashCode() {
        return Objects.hash(connect(), firstToken(), idle(), attempt(), total());
    }

    @Override
    public String toString() {
        return "TimeoutSettings[connect=" + connect() + ", firstToken=" + firstToken() + ", idle=" + idle()
                + ", attempt=" + attempt() + ", total=" + total() + "]";
    }

    /** Builds {@link TimeoutSettings}. Every timeout must be longer than 0. Not thread-safe. */
    public static final class Builder {
        private @Nullable Duration connect;
        private @Nullable Duration firstToken;
        private @Nullable Duration idle;
        private @Nullable Duration attempt;
        private @Nullable Duration total;

        private Builder() {}

        /** Sets the timeout for opening a connection. */
        public Builder connect(Duration limit) {
            this.connect = positive("connect", limit);
            return this;
        }

        /** Sets the longest time a stream may take to deliver its first content. */
        public Builder firstToken(Duration limit) {
            this.firstToken = positive("first-token", limit);
            return this;
        }

        /** Sets the longest time between two events of a stream. */
        public Builder idle(Duration limit) {
            this.idle = positive("idle", limit);
            return this;
        }

        /** Sets the timeout of one attempt. */
        public Builder attempt(Duration limit) {
            this.attempt = positive("attempt", limit);
            return this;
        }

        /** Sets the timeout of the whole call. */
        public Builder total(Duration limit) {
            this.total = positive("total", limit);
            return this;
        }

        /** Returns immutable settings. */
        public TimeoutSettings build() {
            return new TimeoutSettings(this);
        }

        private static Duration positive(String key, Duration limit) {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException("timeout " + key + " must be longer than 0, not " + limit);
            }
            return limit;
        }
    }
}
