package dev.llmspi.core.call;

import dev.llmspi.api.spi.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** The context of one attempt: the call's, with a clock, a cancellation and headers of its own. */
public final class AttemptScope extends EndableContext implements AutoCloseable {

    private final CallScope call;
    private final String provider;
    private final Duration connectTimeout;
    private final Map<String, String> headers;
    private volatile EndCause clock;
    private volatile long deadlineNanos;
    private boolean reported;
    private volatile List<Secret> used = List.of();

    private AttemptScope(
            CallScope call,
            String provider,
            long deadlineNanos,
            EndCause clock,
            Duration connectTimeout,
            Map<String, String> headers) {
        this.call = call;
        this.provider = provider;
        this.deadlineNanos = deadlineNanos;
        this.clock = clock;
        this.connectTimeout = connectTimeout;
        this.headers = headers;
    }

    /**
     * Begins an attempt; its clock runs from here. The link's share of the call rings too.
     *
     * @param provider the name of the provider that makes it
     * @param limit how long it may take
     * @param clock which clock that is
     * @param extraHeaders what listeners add; the caller's headers win
     */
    public static AttemptScope begin(
            CallScope call,
            String provider,
            Duration limit,
            EndCause clock,
            Duration connectTimeout,
            Map<String, String> extraHeaders) {
        long now = call.engine().time().nanoTime();
        long linkDeadline = call.link().deadlineNanos();
        long own = Nanos.of(limit);
        boolean ownFirst = own < linkDeadline - now;
        Map<String, String> headers = call.headers();
        if (!extraHeaders.isEmpty()) {
            Map<String, String> all = new LinkedHashMap<>(extraHeaders);
            all.putAll(headers);
            headers = all;
        }
        AttemptScope attempt = new AttemptScope(
                call,
                provider,
                ownFirst ? now + own : linkDeadline,
                ownFirst ? clock : EndCause.LINK_CLOCK,
                connectTimeout,
                headers);
        call.running(attempt);
        call.engine().watch().clockSet(attempt.deadlineNanos);
        return attempt;
    }

    /**
     * The next event of a stream is waited for: the idle clock takes the place of the one that ran. Throws as
     * {@link #throwIfEnded} does, on one look at the time, for it is done for every event.
     */
    public void awaitNext(Duration idle) {
        long now = call.engine().time().nanoTime();
        throwIfEnded(now);
        if (clock != EndCause.IDLE_CLOCK) {
            clock = EndCause.IDLE_CLOCK;
        }
        long deadline = now + Nanos.of(idle);
        deadlineNanos = deadline;
        call.engine().watch().clockSet(deadline);
    }

    /** Nothing is waited for just now: only the call's total clock runs. */
    public void stopClock() {
        deadlineNanos = call.deadlineNanos() + Nanos.FOREVER;
    }

    /** Ends the attempt from outside; the first cause counts. Safe from any thread. */
    public void end(EndCause cause) {
        if (endedBy() == null) {
            endFirst(cause, call.engine().time().nanoTime());
        }
    }

    /** Rings what has run out. Called by the watch; answers how long it may sleep, in nanoseconds. */
    long look(long now) {
        EndCause ended = endedBy();
        if (ended != null) {
            return lookStuck(ended, now);
        }
        long left = deadlineNanos - now;
        if (left <= 0) {
            end(clock);
            return StuckThread.NOTICE_NANOS;
        }
        return left;
    }

    private long lookStuck(EndCause cause, long now) {
        Thread thread = call.thread();
        if (reported || thread == null) {
            return Long.MAX_VALUE;
        }
        long left = endedNanos() + StuckThread.NOTICE_NANOS - now;
        if (left <= 0) {
            reported = true;
            Aside.run(() -> StuckThread.report(call.callId(), provider, cause, thread));
            return Long.MAX_VALUE;
        }
        return left;
    }

    /** Why the attempt was ended from outside; empty if it was not. */
    public Optional<EndCause> endCause() {
        if (endedBy() == null && Thread.currentThread().isInterrupted()) {
            call.end(EndCause.INTERRUPT); // the provider noticed before the watch did
        }
        // The call's cause is set a moment before its attempt's.
        EndCause own = endedBy();
        return own != null ? Optional.of(own) : call.endCause();
    }

    /**
     * Throws if the attempt was ended from outside: a stream whose next event is there already must not go on all the same.
     * {@link #endCause} says why.
     */
    public void throwIfEnded() {
        throwIfEnded(call.engine().time().nanoTime());
    }

    private void throwIfEnded(long now) {
        if (call.deadlineNanos() - now <= 0) {
            call.end(EndCause.TOTAL_CLOCK);
        }
        if (endCause().isPresent()) {
            throw new CancellationException("the attempt was ended");
        }
    }

    /** Notes that the provider was given this key for the attempt. */
    public void used(Secret key) {
        if (used.isEmpty()) {
            used = List.of(key);
        } else if (!used.contains(key)) {
            List<Secret> more = new ArrayList<>(used);
            more.add(key);
            used = more;
        }
    }

    /** The keys the provider was given for the attempt. */
    public List<Secret> used() {
        return used;
    }

    /** Whether another usable link comes after the one that is being asked. */
    public boolean anotherLeft() {
        return call.link().anotherLeft();
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

    /** Until the first clock rings: the attempt's own, or that of the whole call. */
    @Override
    public Duration remaining() {
        long own = deadlineNanos - call.engine().time().nanoTime();
        return Duration.ofNanos(Math.max(0, Math.min(own, call.remainingNanos())));
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
