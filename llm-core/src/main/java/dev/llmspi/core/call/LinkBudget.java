package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.health.Permit;
import dev.llmspi.core.routing.AttemptTarget;
import dev.llmspi.core.runtime.Nanos;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The share of a call's time that one link may use, with the timeouts and the notes for its attempts.
 *
 * @param deadlineNanos when the link's share of the total time ends, on the time source's clock
 * @param anotherLeft whether another usable link comes after this one
 * @param timeouts the timeouts set by the caller, the mode and the agent for this link, which take precedence over the
 *     provider's
 * @param configured the same timeouts without those set by the caller
 * @param notes the changes made to the request for this link
 */
record LinkBudget(
        long deadlineNanos,
        boolean anotherLeft,
        TimeoutSettings timeouts,
        TimeoutSettings configured,
        List<String> notes) {

    /**
     * The part of a link's time, at most, that is kept for the attempt when its key is asked for before it. The attempt
     * then reports the source that did not answer.
     */
    private static final Duration KEPT = Duration.ofMillis(150);

    /** A provider counts as slow only if it had at least one tenth of the total time. */
    private static final int LEAST_SHARE = 10;

    /**
     * Computes when a link's share of the call's time ends. The share is shorter if the provider's block sets a shorter
     * total timeout.
     *
     * @param links the number of links that share the remaining time
     */
    static long deadlineNanos(ActiveCall call, AttemptTarget target, int links) {
        long share = call.remainingNanos() / links;
        Optional<Duration> own = target.settings().timeouts().ownTotal();
        if (own.isPresent()) {
            share = Math.min(share, Nanos.of(own.get()));
        }
        return call.now() + share;
    }

    /**
     * Whether an expired timeout shows that the provider is slow. It does if the provider had all the time that the
     * configuration allows. It does not if the caller set a shorter timeout or if the reader of the stream spent the
     * time.
     */
    boolean blamesProvider(
            TerminationCause expired, Duration elapsed, boolean readersTime, AttemptTarget target, ActiveCall call) {
        TimeoutSettings full = configured.over(target.timeouts());
        return switch (expired) {
            case ATTEMPT_TIMEOUT -> elapsed.compareTo(full.attempt()) >= 0;
            case FIRST_TOKEN_TIMEOUT -> elapsed.compareTo(full.firstToken()) >= 0;
            case IDLE_TIMEOUT -> timeouts.over(target.timeouts()).idle().compareTo(full.idle()) >= 0;
            default -> !readersTime && (elapsed.compareTo(full.attempt()) >= 0 || hadItsShare(elapsed, target, call));
        };
    }

    /**
     * Whether the provider had enough of the total time. If an attempt began shortly before the end of the total time,
     * its timeout shows nothing about the provider.
     */
    private boolean hadItsShare(Duration elapsed, AttemptTarget target, ActiveCall call) {
        Duration total = configured.over(call.calls().timeouts()).total();
        Duration own = target.settings().timeouts().ownTotal().orElse(total);
        Duration shortest = own.compareTo(total) < 0 ? own : total;
        return call.total().compareTo(total) >= 0
                && elapsed.multipliedBy(LEAST_SHARE).compareTo(shortest) >= 0;
    }

    /**
     * Returns the context in which health checks before the next attempt ask for its keys. It is the call itself if no
     * key matters now.
     */
    CallContext keyContext(ActiveCall call, AttemptTarget target, boolean stream) {
        if (!target.health().dependsOnKeys()) {
            return call;
        }
        Duration own = AttemptTimer.first(timeouts.over(target.timeouts()), stream);
        long left = Math.max(0, deadlineNanos - call.now());
        Duration share = Duration.ofNanos(left - Math.min(left / 2, KEPT.toNanos()));
        return new KeyContext(call, target, own.compareTo(share) < 0 ? own : share);
    }

    /**
     * Waits until the client's own limits allow an attempt. If another link is left, it waits no longer than a retry
     * would; otherwise it waits until the link's share of the time ends.
     *
     * @return how long it waited
     * @throws LlmException with the reason CLIENT_LIMIT if the limits did not allow an attempt in that time; the
     *     history then also contains the refusal
     */
    Duration awaitLimits(ActiveCall call, AttemptTarget target, Optional<String> model, Permit permit) {
        if (!permit.isLimited()) {
            return Duration.ZERO;
        }
        long start = call.now();
        Duration left = Duration.ofNanos(Math.max(0, deadlineNanos - start));
        Duration beforeNext = target.settings().retry().maxWaitBeforeNext();
        try {
            permit.awaitLimits(anotherLeft && beforeNext.compareTo(left) < 0 ? beforeNext : left, call.cancellation());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.throwIfTerminated();
        } catch (LlmException refused) {
            call.throwIfTerminated();
            CallHistory.addSkipped(
                    call,
                    CallHistory.skipped(call, target, model)
                            .reason(refused.reason().orElseThrow())
                            .message(String.valueOf(refused.getMessage())));
            throw refused;
        }
        return Duration.ofNanos(call.now() - start);
    }
}
