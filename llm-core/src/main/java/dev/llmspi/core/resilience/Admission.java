package dev.llmspi.core.resilience;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.call.AttemptScope;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.EndCause;
import dev.llmspi.core.call.JvmTrouble;
import dev.llmspi.core.call.SkippedLink;
import dev.llmspi.core.resilience.ProviderHealth.Known;
import dev.llmspi.core.settings.ProviderSettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands before every attempt at one provider: its health, the client's own limits, the budget of its retries. An attempt
 * goes with a {@link Ticket}, which is settled by how it ends. Safe for use by many threads.
 */
public final class Admission {

    private final ProviderSettings block;
    private final ProviderHealth health;
    private final Accounts accounts;
    private final RetryBudget budget;
    private final ClientLimits limits;
    private final Supplier<Optional<URI>> endpoint;

    /** @param endpoint where the provider sends its requests */
    public Admission(ProviderSettings block, Accounts accounts, Supplier<Optional<URI>> endpoint, HealthBoard board) {
        this.block = block;
        this.endpoint = endpoint;
        this.health = new ProviderHealth(block, accounts, this::endpoint, board);
        this.accounts = accounts;
        this.budget = new RetryBudget(block.name(), block.retry().budget());
        this.limits = new ClientLimits(block.name(), block.limits());
    }

    /** The cooldown a call for the model would run into; of several the one that lasts longest. */
    public Optional<Cooldown> cooldown(CallContext call, String model) {
        return health.knowsNothing() ? Optional.empty() : longest(health.known(model, () -> accounts.now(call)));
    }

    private static Optional<Cooldown> longest(List<Known> known) {
        Cooldown longest = null;
        for (Known one : known) {
            Cooldown cooldown = one.gate().look();
            if (cooldown != null && (longest == null || cooldown.untilNanos() - longest.untilNanos() > 0)) {
                longest = cooldown;
            }
        }
        return Optional.ofNullable(longest);
    }

    /**
     * Asks whether an attempt may go. After a cooldown one attempt at a time is let through, to see whether it is over.
     *
     * @param always whether it goes in any case
     * @return null if it may not
     */
    public @Nullable Ticket enter(CallContext call, String model, boolean always) {
        if (health.knowsNothing()) {
            return new Ticket(this, model, List.of());
        }
        List<Known> known = health.known(model, () -> accounts.now(call));
        List<Known> trials = new ArrayList<>(1);
        for (Known one : known) {
            Gate.Entry entry = one.gate().enter();
            if (entry == Gate.Entry.TRIAL) {
                trials.add(one);
            } else if (entry == Gate.Entry.REFUSED && !always) {
                trials.forEach(trial -> trial.gate().abandonTrial());
                return null;
            }
        }
        return new Ticket(this, model, trials);
    }

    /**
     * Waits until the client's own limits let the request go: with another link left not longer than a retry would be waited for,
     * else as long as the call lasts.
     *
     * @return how long that took
     * @throws LlmException if that would be too long; the call's list says so too
     */
    Duration awaitTurn(CallScope call, String model, Ticket ticket) {
        if (limits.areOff()) {
            return Duration.ZERO;
        }
        long start = call.engine().time().nanoTime();
        Duration left = Duration.ofNanos(Math.max(0, call.link().deadlineNanos() - start));
        Duration before = block.retry().maxWaitBeforeNext();
        Duration longest = call.link().anotherLeft() && before.compareTo(left) < 0 ? before : left;
        try {
            Duration wait = limits.reserve(longest);
            if (!wait.isZero()) {
                call.engine().time().sleep(wait, call.cancellation());
                call.throwIfEnded();
            }
            long spent = call.engine().time().nanoTime() - start;
            ticket.holds(limits.takePlace(call, longest.minusNanos(spent)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.end(EndCause.INTERRUPT);
            call.throwIfEnded();
        } catch (LlmException refused) {
            SkippedLink.record(
                    call,
                    SkippedLink.of(call, block.name(), block.type(), model)
                            .reason(refused.reason().orElseThrow())
                            .message(String.valueOf(refused.getMessage())));
            throw refused;
        }
        return Duration.ofNanos(call.engine().time().nanoTime() - start);
    }

    ProviderHealth health() {
        return health;
    }

    RetryBudget budget() {
        return budget;
    }

    /** Takes a retry from the budget, if there is one. */
    boolean mayRetry() {
        return budget.take();
    }

    /** Whether the provider or the model has failed so often that it is left alone. */
    boolean isLeftAlone(String model) {
        return health.isLeftAlone(model);
    }

    /** Where the provider sends its requests; empty too if it fails to say so: a label is not worth a call. */
    Optional<URI> endpoint() {
        try {
            Optional<URI> said = endpoint.get();
            return said == null ? Optional.empty() : said;
        } catch (Throwable e) {
            JvmTrouble.rethrow(e);
            return Optional.empty();
        }
    }

    /** The account whose key an attempt has used. */
    String account(AttemptScope attempt) {
        return accounts.usedBy(attempt);
    }

    /** What is in cooldown. */
    public List<ProviderHealth.Entry> cooldowns() {
        return health.entries();
    }

    /** Forgets what is known, as if the client had just begun. */
    public void reset() {
        health.reset();
        budget.reset();
    }
}
