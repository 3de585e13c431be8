package dev.llmspi.api;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The information that a provider receives about the call to which an attempt belongs. The client creates a context for
 * every attempt, and provider tests create one with {@link #builder}. No information about a call is passed in
 * thread-local variables.
 */
public interface CallContext {

    /** Returns the ID that identifies the call in events, errors and logs. All attempts of a call have the same ID. */
    String callId();

    /** Returns the request ID that the caller chose. Default: empty. */
    default Optional<String> requestId() {
        return Optional.empty();
    }

    /** Returns the agent on whose behalf the call is made. Default: empty. */
    default Optional<String> agent() {
        return Optional.empty();
    }

    /** Returns the caller's labels, such as tenant or job. Default: empty. */
    default Map<String, String> tags() {
        return Map.of();
    }

    /**
     * Returns additional HTTP headers that were requested by the caller or added by listeners. Their names and values
     * have already been validated. A provider sends these headers, but they never replace headers that it sets itself.
     */
    default Map<String, String> headers() {
        return Map.of();
    }

    /**
     * Returns the cancellation that fires when the call must end, because the caller cancelled it, the caller's thread
     * was interrupted, or a timeout expired.
     */
    Cancellation cancellation();

    /**
     * Returns the time left for this attempt, zero once the time has expired, or {@link #NO_LIMIT} if there is no
     * limit.
     */
    Duration remaining();

    /**
     * Returns how long to wait until a connection is established, including the look-up of the host name. Default: 10
     * seconds.
     */
    default Duration connectTimeout() {
        return Duration.ofSeconds(10);
    }

    /** The value that {@link #remaining} returns if there is no time limit. */
    Duration NO_LIMIT = Duration.ofNanos(Long.MAX_VALUE);

    /** Returns a context with a new call ID and no limits. */
    static CallContext create() {
        return builder().build();
    }

    static Builder builder() {
        return new Builder();
    }

    /** Builds a context for provider tests and for direct use without a client. This class is not thread-safe. */
    final class Builder {
        String callId = "";
        Optional<String> requestId = Optional.empty();
        Optional<String> agent = Optional.empty();
        Map<String, String> tags = Map.of();
        Map<String, String> headers = Map.of();
        Cancellation cancellation = Cancellation.create();
        Duration remaining = NO_LIMIT;
        Duration connectTimeout = Duration.ofSeconds(10);

        Builder() {}

        /** Sets the call ID. Default: a random ID. */
        public Builder callId(String id) {
            this.callId = id;
            return this;
        }

        public Builder requestId(String id) {
            this.requestId = Optional.of(id);
            return this;
        }

        public Builder agent(String name) {
            this.agent = Optional.of(name);
            return this;
        }

        public Builder tags(Map<String, String> labels) {
            this.tags = Map.copyOf(labels);
            return this;
        }

        public Builder headers(Map<String, String> extra) {
            this.headers = Map.copyOf(extra);
            return this;
        }

        public Builder cancellation(Cancellation switchOff) {
            this.cancellation = switchOff;
            return this;
        }

        /** Sets the time limit, measured from the call of {@link #build}. Default: {@link CallContext#NO_LIMIT}. */
        public Builder timeout(Duration limit) {
            this.remaining = limit;
            return this;
        }

        public Builder connectTimeout(Duration limit) {
            this.connectTimeout = limit;
            return this;
        }

        public CallContext build() {
            return new FixedCallContext(this);
        }
    }
}
