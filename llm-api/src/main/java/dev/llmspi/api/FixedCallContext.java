package dev.llmspi.api;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A {@link CallContext} with fixed values; only the remaining time changes. */
final class FixedCallContext implements CallContext {

    private final String callId;
    private final Optional<String> requestId;
    private final Optional<String> agent;
    private final Map<String, String> tags;
    private final Map<String, String> headers;
    private final Cancellation cancellation;
    private final Duration limit;
    private final Duration connectTimeout;
    private final long startNanos = System.nanoTime();

    FixedCallContext(Builder builder) {
        this.callId = builder.callId.isEmpty() ? newCallId() : builder.callId;
        this.requestId = builder.requestId;
        this.agent = builder.agent;
        this.tags = builder.tags;
        this.headers = builder.headers;
        this.cancellation = builder.cancellation;
        this.limit = builder.remaining;
        this.connectTimeout = builder.connectTimeout;
    }

    /**
     * Returns an ID of 32 hexadecimal digits, like the IDs that a client creates. The digits do not come from a secure
     * random generator, because it does not matter if a call ID can be guessed.
     */
    private static String newCallId() {
        byte[] id = new byte[16];
        ThreadLocalRandom.current().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    @Override
    public String callId() {
        return callId;
    }

    @Override
    public Optional<String> requestId() {
        return requestId;
    }

    @Override
    public Optional<String> agent() {
        return agent;
    }

    @Override
    public Map<String, String> tags() {
        return tags;
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public Duration remaining() {
        if (limit.equals(NO_LIMIT)) {
            return NO_LIMIT;
        }
        Duration left = limit.minusNanos(System.nanoTime() - startNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    @Override
    public Duration connectTimeout() {
        return connectTimeout;
    }
}
