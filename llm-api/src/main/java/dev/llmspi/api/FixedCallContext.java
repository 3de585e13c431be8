package dev.llmspi.api;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A {@link CallContext} of given values; only its remaining time runs. */
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
     * Need not be hard to guess, and so costs no secure random number: 32 hexadecimal digits, as a client makes them.
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
