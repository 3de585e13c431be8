package dev.llmspi.core.health;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.health.Cooldown.Scope;
import dev.llmspi.core.health.CooldownTracker.KeyedBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The permission to make one attempt. Its owner reports how the attempt ended and then {@link #close closes} the
 * permit, possibly on another thread. The permit calls listeners and credentials without holding a lock.
 */
public final class Permit implements AutoCloseable {

    private final String model;
    private final CooldownTracker cooldowns;
    private final RetryBudget budget;
    private final RequestLimits limits;
    /** The circuit breakers that wait for the outcome of this attempt, until a thread removes and settles them. */
    private volatile List<KeyedBreaker> trials;
    /** Releases the slot of the concurrency limit. Null if no slot is held. */
    private volatile @Nullable Runnable slot;
    /** Whether the request will be sent again at once if the server does not process it. */
    private volatile boolean resendLeft;
    /** Whether an answer has arrived or begun to arrive and no failure has followed. */
    private volatile boolean answered;

    Permit(
            String model,
            CooldownTracker cooldowns,
            RetryBudget budget,
            RequestLimits limits,
            List<KeyedBreaker> trials) {
        this.model = model;
        this.cooldowns = cooldowns;
        this.budget = budget;
        this.limits = limits;
        this.trials = trials;
    }

    /**
     * Sets whether the request will be sent again at once if the server does not process it. Such a failure then shows
     * nothing about the provider.
     */
    public void resendLeft(boolean left) {
        resendLeft = left;
    }

    /** Whether {@link #awaitLimits} may wait. */
    public boolean isLimited() {
        return !limits.areOff();
    }

    /**
     * Waits until the client's own limits allow the attempt. The permit then holds a slot. This method also returns
     * when the cancellation fires during the wait for the rate limit.
     *
     * @param longest the longest time to wait
     * @throws dev.llmspi.api.error.LlmException with the reason CLIENT_LIMIT if the limits did not allow the attempt in
     *     that time
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public void awaitLimits(Duration longest, Cancellation cancellation) throws InterruptedException {
        slot = limits.acquire(longest, cancellation);
    }

    /**
     * Ends cooldowns, because the provider has answered or has begun to answer. Whether the attempt counts as a success
     * is decided when the permit is closed.
     *
     * @param account the account whose key was used; computed only if it matters
     */
    public void succeeded(long startNanos, Supplier<String> account) {
        if (answered) {
            return; // a stream has already reported this when it began
        }
        answered = true;
        List<KeyedBreaker> known = cooldowns.of(model, account);
        if (!trials.isEmpty()) {
            takeTrials().forEach(trial -> {
                if (known.stream().noneMatch(one -> one.breaker() == trial.breaker())) {
                    trial.breaker().abandonTrial(); // the key has changed since the trial began
                }
            });
        }
        cooldowns.answered(known, startNanos);
        budget.succeeded();
    }

    /**
     * Reports that the attempt has failed; see {@link CooldownTracker#failed}.
     *
     * @param counts whether the failure shows something about the provider
     */
    public void failed(LlmException error, long startNanos, boolean counts, Supplier<String> account) {
        if (counts) {
            answered = false; // a stream that breaks counts as one failure, not as a success and a failure
        }
        List<KeyedBreaker> held = takeTrials();
        try {
            cooldowns.failed(model, account, error, counts && !isResent(error), held);
        } finally {
            settle(held, error, startNanos);
        }
    }

    private boolean isResent(LlmException error) {
        return resendLeft && error.reason().orElse(null) == ErrorReason.UNPROCESSED;
    }

    private void settle(List<KeyedBreaker> held, LlmException error, long startNanos) {
        List<KeyedBreaker> proven = new ArrayList<>(1);
        for (KeyedBreaker trial : held) {
            if (trial.key().scope() == Scope.PROVIDER
                    && error.status().isPresent()
                    && error.kind() != ErrorKind.CONNECTION) {
                proven.add(trial); // an error response also proves that the provider can be reached
            } else {
                trial.breaker().abandonTrial();
            }
        }
        cooldowns.reached(proven, startNanos);
    }

    /** Releases everything that is still held. Idempotent. */
    @Override
    public void close() {
        if (!trials.isEmpty()) {
            takeTrials().forEach(trial -> trial.breaker().abandonTrial());
        }
        if (answered) {
            answered = false;
            cooldowns.succeeded(model);
        }
        Runnable release = slot == null ? null : takeSlot();
        if (release != null) {
            release.run();
        }
    }

    /** Removes and returns the trials. The thread that receives them settles them. */
    private synchronized List<KeyedBreaker> takeTrials() {
        List<KeyedBreaker> held = trials;
        trials = List.of();
        return held;
    }

    private synchronized @Nullable Runnable takeSlot() {
        Runnable held = slot;
        slot = null;
        return held;
    }
}
