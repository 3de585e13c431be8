package dev.llmspi.api;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a provider is told about the call an attempt belongs to. llm-core makes one for every attempt; callers never
 * build one, tests of a provider do ({@link #builder}). Nothing of a call travels by thread-local.
 */
public interface CallContext {

    /** Identifies the call in events, errors and logs: the same for all attempts of a call. */
    String callId();

    /** The caller's own id for the request. Default: none. */
    default Optional<String> requestId() {
        return Optional.empty();
    }

    /** The agent on whose behalf the call is made. Default: none. */
    default Optional<String> agent() {
        return Optional.empty();
    }

    /** The caller's labels, such as tenant or job. Default: none. */
    default Map<String, String> tags() {
        return Map.of();
    }

    /**
     * Headers to add to the request: what the caller asked for and what listeners added. Names and values are checked.
     * A provider sends them, but never lets them replace its own.
     */
    default Map<String, String> headers() {
        return Map.of();
    }

    /** Fires when the call must end: the caller cancelled, its thread was interrupted, or a clock ran out. */
    Cancellation cancellation();

    /** The time left for this attempt, zero when it is over; {@link #NO_LIMIT} if nothing limits it. */
    Duration remaining();

    /** How long to wait for a connection to be accepted. Default: 10 s. */
    default Duration connectTimeout() {
        return Duration.ofSeconds(10);
    }

    /** Longer than any call. */
    Duration NO_LIMIT = Duration.ofNanos(Long.MAX_VALUE);

    /** A context with a call id of its own and no limits. */
    static CallContext create() {
        return builder().build();
    }

    static Builder builder() {
        return new Builder();
    }

    /** Builds a context for tests of a provider and for direct use; not safe for use by several threads. */
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

        /** Default: a random one. */
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

        /** The time from {@link #build} to the deadline. Default: {@link CallContext#NO_LIMIT}. */
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
