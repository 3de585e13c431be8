package dev.llmspi.core.call;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.core.health.Permit;
import dev.llmspi.core.routing.AttemptTarget;
import dev.llmspi.core.runtime.Nanos;
import dev.llmspi.core.settings.RetrySettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes the attempts at one link of a call. It sends the request and, after a failure, waits and sends it again as long
 * as a retry can help. Used by only one thread.
 */
final class LinkRetries {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    /** How often a request that the server has not processed is sent again at once. */
    private static final int MAX_RESENDS = 3;

    private final ActiveCall call;
    private final AttemptTarget target;
    private final LinkBudget budget;
    private final RetrySettings settings;
    private int retries;
    private int retriesAfterTimeout;
    private boolean repeatedStale;
    private int resends;
    private boolean renewedCredential;

    LinkRetries(ActiveCall call, AttemptTarget target, LinkBudget budget) {
        this.call = call;
        this.target = target;
        this.budget = budget;
        this.settings = target.settings().retry();
    }

    /**
     * Sends the request until it is answered or a retry can no longer help.
     *
     * @param first the permit for the first attempt, which releases it
     */
    <T> T run(ChatRequest request, Permit first, AttemptKind<T> kind) {
        Permit permit = first;
        Duration waited = Duration.ZERO;
        while (true) {
            AttemptExecution attempt = null;
            permit.resendLeft(resends < MAX_RESENDS);
            try {
                attempt = new AttemptExecution(call, target, budget, request.model(), permit, waited, kind.streams());
                return kind.sender().apply(attempt, request);
            } catch (LlmException error) {
                Optional<Duration> wait = waitAfter(error, request.model().orElse(""));
                if (wait.isEmpty() || attempt == null) {
                    throw error;
                }
                waited = wait.get();
                announceRetry(attempt, waited);
                sleep(waited);
                permit = target.health()
                        .acquire(
                                budget.keyContext(call, target, kind.streams()),
                                request.model().orElse(""));
            }
        }
    }

    private void announceRetry(AttemptExecution failed, Duration wait) {
        LOG.log(
                Level.DEBUG,
                () -> "call " + call.callId() + ": retry at " + target.name() + " in " + wait.toMillis() + " ms");
        Attempt entry = failed.entry();
        if (call.report().isObserved() && entry != null) {
            call.report().tell(LlmListener::retryScheduled, new RetryScheduled(call.info(), entry, wait));
        }
    }

    private void sleep(Duration wait) {
        if (!wait.isZero()) {
            try {
                call.calls().time().sleep(wait, call.cancellation());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        call.throwIfTerminated();
    }

    /** Returns the wait before the next attempt, or empty if there must be no further attempt. */
    Optional<Duration> waitAfter(LlmException error, String model) {
        long left = budget.deadlineNanos() - call.now();
        if (left <= 0) {
            return Optional.empty();
        }
        // These repeats do not count as retries: if the server processed nothing, and if the key was replaced.
        ErrorReason reason = error.reason().orElse(null);
        if (reason == ErrorReason.STALE_CONNECTION && !repeatedStale) {
            repeatedStale = true;
            return Optional.of(Duration.ZERO);
        }
        if (reason == ErrorReason.UNPROCESSED && resends < MAX_RESENDS) {
            resends++;
            return Optional.of(Duration.ZERO);
        }
        if (reason == ErrorReason.CREDENTIAL_RENEWED && !renewedCredential) {
            renewedCredential = true;
            return Optional.of(Duration.ZERO);
        }
        if (!mayRetry(error) || budget.anotherLeft() && target.health().isFailing(model)) {
            return Optional.empty();
        }
        Optional<Duration> wait =
                wait(error, left).filter(possible -> target.health().tryRetry());
        if (wait.isPresent()) {
            retries++;
            retriesAfterTimeout += error.kind() == ErrorKind.TIMEOUT ? 1 : 0;
        }
        return wait;
    }

    private boolean mayRetry(LlmException error) {
        return error.retryHere().orElse(settings.on().contains(error.kind()))
                && error.reason().orElse(null) != ErrorReason.CREDENTIAL_RENEWED
                && retries < settings.maxRetries()
                && (error.kind() != ErrorKind.TIMEOUT || retriesAfterTimeout < settings.maxAfterTimeout());
    }

    private Optional<Duration> wait(LlmException error, long left) {
        boolean next = budget.anotherLeft() && target.settings().fallback().goesOn(error);
        Optional<Duration> told = error.retryAfter().filter(wait -> !wait.isZero());
        Duration wait = told.isPresent() ? withJitter(told.get()) : backoff(next);
        Duration shortest = told.orElse(wait);
        if (Nanos.of(shortest) >= left) {
            return Optional.empty();
        }
        boolean tooLong = next
                ? shortest.compareTo(settings.maxWaitBeforeNext()) > 0
                : told.isPresent() && shortest.compareTo(settings.maxRetryAfter()) > 0;
        // The jitter must not delay the next attempt past the link's deadline.
        return tooLong ? Optional.empty() : Optional.of(Nanos.of(wait) < left ? wait : shortest);
    }

    /**
     * Adds up to a tenth to a wait that the server specified, so that many callers do not retry at the same instant.
     */
    private Duration withJitter(Duration told) {
        Duration most = told.compareTo(settings.maxRetryAfter()) > 0 ? settings.maxRetryAfter() : told;
        return told.plusNanos((long) (Nanos.of(most) * 0.1 * call.calls().time().random()));
    }

    /**
     * Chooses a random wait between delay and min(max-delay, delay·2ⁿ) before retry n. If there is another link, the
     * wait is capped so that it never causes a fallback by itself, because the user has set the number of retries.
     *
     * @param next whether the call can fall back to another link
     */
    private Duration backoff(boolean next) {
        long shortest = Nanos.of(settings.delay());
        double longest = Math.min((double) Nanos.of(settings.maxDelay()), shortest * Math.pow(2, retries + 1.0));
        double random = call.calls().time().random();
        Duration wait = Duration.ofNanos(shortest + (long) ((longest - shortest) * random));
        Duration bound = settings.maxWaitBeforeNext();
        return next && wait.compareTo(bound) > 0 ? bound : wait;
    }
}
