package dev.llmspi.core.call;

import dev.llmspi.core.runtime.Nanos;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;

/**
 * Tracks which timeout of an attempt expires next. For a whole answer, it is the attempt timeout. For a stream, it is
 * first the first-token timeout and then the idle timeout. The watchdog reads this object from its own thread.
 */
final class AttemptTimer {

    private final ActiveCall call;
    private final TimeoutSettings timeouts;
    private volatile TerminationCause pending;
    private volatile long deadlineNanos;
    /** Used only by the watchdog thread. */
    private boolean stuckReported;

    /**
     * Starts the timeout. It expires at the latest when the link's share of the call's time ends.
     *
     * @param stream whether the timeout covers only the wait for the first content
     */
    AttemptTimer(ActiveCall call, TimeoutSettings timeouts, LinkBudget budget, boolean stream) {
        this.call = call;
        this.timeouts = timeouts;
        Duration first = first(timeouts, stream);
        boolean firstToken = first != timeouts.attempt();
        long own = Nanos.of(first);
        long now = call.now();
        boolean ownFirst = own < budget.deadlineNanos() - now;
        this.deadlineNanos = ownFirst ? now + own : budget.deadlineNanos();
        this.pending = !ownFirst
                ? TerminationCause.LINK_TIMEOUT
                : firstToken ? TerminationCause.FIRST_TOKEN_TIMEOUT : TerminationCause.ATTEMPT_TIMEOUT;
    }

    /** The timeout that an attempt begins with. */
    static Duration first(TimeoutSettings timeouts, boolean stream) {
        return stream && timeouts.firstToken().compareTo(timeouts.attempt()) < 0
                ? timeouts.firstToken()
                : timeouts.attempt();
    }

    /** Starts the idle timeout. Called for every event of a stream, so it avoids unnecessary volatile writes. */
    void startIdle(long now) {
        if (pending != TerminationCause.IDLE_TIMEOUT) {
            pending = TerminationCause.IDLE_TIMEOUT;
        }
        long deadline = now + Nanos.of(timeouts.idle());
        deadlineNanos = deadline;
        call.calls().watchdog().deadlineSet(deadline);
    }

    /** Stops the timeout. The total timeout of the call keeps running. */
    void stop() {
        deadlineNanos = call.deadlineNanos() + Nanos.FOREVER;
    }

    /** When the timeout expires, on the time source's clock. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** The timeout that expires next. */
    TerminationCause pending() {
        return pending;
    }

    boolean isStuckReported() {
        return stuckReported;
    }

    /** Records that the watchdog has reported the attempt as stuck. */
    void stuckReported() {
        stuckReported = true;
    }

    /** The time until either this timeout or the total timeout of the call expires, whichever comes first. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(0, Math.min(deadlineNanos - call.now(), call.remainingNanos())));
    }
}
