package dev.llmspi.core.resilience;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.resilience.CooldownKey.Scope;
import dev.llmspi.core.resilience.ProviderHealth.Known;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What lets one attempt go. Settled by how the attempt ends, or {@link #close closed} if it was never made. May be closed by
 * another thread than uses it.
 */
public final class Ticket implements AutoCloseable {

    private final ProviderHealth health;
    private final RetryBudget budget;
    private final String model;
    /** The gates this attempt is the trial of; guarded by this. */
    private List<Known> trials;
    /** Guarded by this: whether a success was noted; a stream's is when it begins. */
    private boolean answered;
    /** Gives back the place among those under way; guarded by this. */
    private Runnable place = () -> {};

    Ticket(ProviderHealth health, RetryBudget budget, String model, List<Known> trials) {
        this.health = health;
        this.budget = budget;
        this.model = model;
        this.trials = trials;
    }

    /** Takes a place that is to be given back at the end. */
    synchronized void holds(Runnable giveBack) {
        place = giveBack;
    }

    /**
     * The provider has answered, or its answer has begun.
     *
     * @param account the account whose key was used; asked for only if it matters
     */
    synchronized void succeeded(long startNanos, Supplier<String> account) {
        if (answered) {
            return;
        }
        answered = true;
        List<Known> known = health.known(model, account);
        for (Known trial : trials) {
            if (known.stream().noneMatch(one -> one.gate() == trial.gate())) {
                trial.gate().abandonTrial(); // the key has changed since
            }
        }
        trials = List.of();
        health.succeeded(known, startNanos);
        budget.succeeded();
    }

    /** The attempt has failed; see {@link ProviderHealth#failed}. */
    synchronized void failed(LlmException error, long startNanos, boolean counts, Supplier<String> account) {
        List<Known> held = trials;
        trials = List.of();
        health.failed(model, account, error, counts, held);
        List<Known> proven = new ArrayList<>(1);
        for (Known trial : held) {
            if (trial.key().scope() == Scope.PROVIDER
                    && error.status().isPresent()
                    && error.kind() != ErrorKind.CONNECTION) {
                proven.add(trial); // whatever it answered, it can be reached
            } else {
                trial.gate().abandonTrial();
            }
        }
        health.succeeded(proven, startNanos);
    }

    /** Lets go of what is still held. Idempotent. */
    @Override
    public synchronized void close() {
        trials.forEach(trial -> trial.gate().abandonTrial());
        trials = List.of();
        Runnable giveBack = place;
        place = () -> {};
        giveBack.run();
    }
}
