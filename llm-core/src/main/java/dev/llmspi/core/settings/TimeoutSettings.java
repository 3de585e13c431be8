package dev.llmspi.core.settings;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait. Every clock is optional: one that is not set here is taken from the next wider settings
 * ({@link #over}), in the end from the default. A clock may be longer than the total one; the total one then rings first.
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

    /** No clock set: the defaults. */
    public static TimeoutSettings none() {
        return NONE;
    }

    public static Builder builder() {
        return new Builder();
    }

    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.connect = connect;
        builder.firstToken = firstToken;
        builder.idle = idle;
        builder.attempt = attempt;
        builder.total = total;
        return builder;
    }

    /** These clocks, and where one is not set, the other's. */
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

    /** For a connection to be accepted. Default 10 s. */
    public Duration connect() {
        return connect != null ? connect : CONNECT;
    }

    /** In a stream, until the first content. Default 30 s. */
    public Duration firstToken() {
        return firstToken != null ? firstToken : FIRST_TOKEN;
    }

    /** In a stream, between two events. Default 30 s. */
    public Duration idle() {
        return idle != null ? idle : IDLE;
    }

    /** For one attempt, from its start to the whole answer. Default 60 s. */
    public Duration attempt() {
        return attempt != null ? attempt : ATTEMPT;
    }

    /** For the whole call: all attempts, waits and providers. Default 10 min. */
    public Duration total() {
        return total != null ? total : TOTAL;
    }

    /** The total clock if it is set here, without the default. */
    public Optional<Duration> ownTotal() {
        return Optional.ofNullable(total);
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

    /** Builds {@link TimeoutSettings}; every clock must be longer than zero. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable Duration connect;
        private @Nullable Duration firstToken;
        private @Nullable Duration idle;
        private @Nullable Duration attempt;
        private @Nullable Duration total;

        private Builder() {}

        public Builder connect(Duration limit) {
            this.connect = positive("connect", limit);
            return this;
        }

        public Builder firstToken(Duration limit) {
            this.firstToken = positive("first-token", limit);
            return this;
        }

        public Builder idle(Duration limit) {
            this.idle = positive("idle", limit);
            return this;
        }

        public Builder attempt(Duration limit) {
            this.attempt = positive("attempt", limit);
            return this;
        }

        public Builder total(Duration limit) {
            this.total = positive("total", limit);
            return this;
        }

        public TimeoutSettings build() {
            return new TimeoutSettings(this);
        }

        private static Duration positive(String clock, Duration limit) {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException("timeout " + clock + " must be longer than 0, not " + limit);
            }
            return limit;
        }
    }
}
