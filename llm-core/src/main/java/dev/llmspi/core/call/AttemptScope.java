package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The context of one attempt: the call's, with a deadline, a cancellation and headers of its own. */
public final class AttemptScope implements CallContext, AutoCloseable {

    private final CallScope call;
    private final long deadlineNanos;
    private final EndCause clock;
    private final Duration connectTimeout;
    private final Map<String, String> headers;
    private final Cancellation cancellation = Cancellation.create();
    private final AtomicReference<@Nullable EndCause> endCause = new AtomicReference<>();

    private AttemptScope(
            CallScope call, long deadlineNanos, EndCause clock, Duration connectTimeout, Map<String, String> headers) {
        this.call = call;
        this.deadlineNanos = deadlineNanos;
        this.clock = clock;
        this.connectTimeout = connectTimeout;
        this.headers = headers;
    }

    /**
     * Begins an attempt; its clock runs from here.
     *
     * @param limit the attempt clock
     * @param extraHeaders what listeners add; the caller's headers win
     */
    public static AttemptScope begin(
            CallScope call, Duration limit, Duration connectTimeout, Map<String, String> extraHeaders) {
        long now = call.engine().time().nanoTime();
        long linkDeadline = call.link().deadlineNanos();
        long own = limit.compareTo(Duration.ofNanos(Long.MAX_VALUE / 4)) > 0 ? Long.MAX_VALUE / 4 : limit.toNanos();
        boolean ownFirst = own < linkDeadline - now;
        Map<String, String> headers = call.headers();
        if (!extraHeaders.isEmpty()) {
            Map<String, String> all = new LinkedHashMap<>(extraHeaders);
            all.putAll(headers);
            headers = all;
        }
        AttemptScope attempt = new AttemptScope(
                call,
                ownFirst ? now + own : linkDeadline,
                ownFirst ? EndCause.ATTEMPT_CLOCK : EndCause.LINK_CLOCK,
                connectTimeout,
                headers);
        call.running(attempt);
        call.engine().watch().clockSet(attempt.deadlineNanos);
        return attempt;
    }

    void end(EndCause cause) {
        if (endCause.compareAndSet(null, cause)) {
            cancellation.cancel();
        }
    }

    long look(long now) {
        long left = deadlineNanos - now;
        if (left <= 0) {
            end(clock);
            return Long.MAX_VALUE;
        }
        return left;
    }

    /** Why the attempt was ended from outside; empty if it was not. */
    public Optional<EndCause> endCause() {
        if (endCause.get() == null && Thread.currentThread().isInterrupted()) {
            call.end(EndCause.INTERRUPT); // the provider noticed before the watch did
        }
        return Optional.ofNullable(endCause.get());
    }

    @Override
    public String callId() {
        return call.callId();
    }

    @Override
    public Optional<String> requestId() {
        return call.requestId();
    }

    @Override
    public Optional<String> agent() {
        return call.agent();
    }

    @Override
    public Map<String, String> tags() {
        return call.tags();
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
        return Duration.ofNanos(Math.max(0, deadlineNanos - call.engine().time().nanoTime()));
    }

    @Override
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** The attempt is over: nothing rings any more. */
    @Override
    public void close() {
        call.running(null);
    }
}
