package dev.llmspi.core.resilience;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.resilience.CooldownKey.Scope;
import dev.llmspi.core.resilience.ProviderHealth.Known;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What lets one attempt go. Settled by how the attempt ends, or {@link #close closed} if it was never made. May be closed by
 * another thread than uses it. Listeners are told and keys asked for without a lock.
 */
public final class Ticket implements AutoCloseable {

    private final Admission admission;
    private final String model;
    /** The gates this attempt is the trial of, until somebody settles them. */
    private volatile List<Known> trials;
    /** Gives back the place among those under way; null: none is held. */
    private volatile @Nullable Runnable place;
    /** Whether there is an answer, or the beginning of one, that no failure followed. */
    private volatile boolean answered;

    Ticket(Admission admission, String model, List<Known> trials) {
        this.admission = admission;
        this.model = model;
        this.trials = trials;
    }

    /** Takes a place that is to be given back at the end. */
    void holds(Runnable giveBack) {
        place = giveBack;
    }

    /**
     * The provider has answered, or its answer has begun: what was in cooldown is so no longer. Whether that counts as a success
     * is known at the end.
     *
     * @param account the account whose key was used; asked for only if it matters
     */
    void succeeded(long startNanos, Supplier<String> account) {
        if (answered) {
            return; // a stream is when it begins
        }
        answered = true;
        List<Known> known = admission.health().known(model, account);
        if (!trials.isEmpty()) {
            takeTrials().forEach(trial -> {
                if (known.stream().noneMatch(one -> one.gate() == trial.gate())) {
                    trial.gate().abandonTrial(); // the key has changed since
                }
            });
        }
        admission.health().answered(known, startNanos);
        admission.budget().succeeded();
    }

    /** The attempt has failed; see {@link ProviderHealth#failed}. */
    void failed(LlmException error, long startNanos, boolean counts, Supplier<String> account) {
        if (counts) {
            answered = false; // a stream that breaks is one failure, not a success and a failure
        }
        List<Known> held = takeTrials();
        try {
            admission.health().failed(model, account, error, counts, held);
        } finally {
            settle(held, error, startNanos);
        }
    }

    private void settle(List<Known> held, LlmException error, long startNanos) {
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
        admission.health().reached(proven, startNanos);
    }

    /** Lets go of what is still held. Idempotent. */
    @Override
    public void close() {
        if (!trials.isEmpty()) {
            takeTrials().forEach(trial -> trial.gate().abandonTrial());
        }
        if (answered) {
            answered = false;
            admission.health().succeeded(model);
        }
        Runnable giveBack = place == null ? null : takePlace();
        if (giveBack != null) {
            giveBack.run();
        }
    }

    /** Who takes them settles them. */
    private synchronized List<Known> takeTrials() {
        List<Known> held = trials;
        trials = List.of();
        return held;
    }

    private synchronized @Nullable Runnable takePlace() {
        Runnable held = place;
        place = null;
        return held;
    }
}
