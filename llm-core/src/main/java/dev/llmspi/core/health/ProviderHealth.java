package dev.llmspi.core.health;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.health.CooldownTracker.KeyedBreaker;
import dev.llmspi.core.runtime.FatalErrors;
import dev.llmspi.core.settings.ProviderSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an attempt at one provider may start, based on the provider's cooldowns, the client's own limits and
 * the retry budget. Each attempt holds a {@link Permit}, which is released when the outcome is known. Safe for use by
 * many threads.
 */
public final class ProviderHealth {

    private final CooldownTracker cooldowns;
    private final AccountKeys accounts;
    private final RetryBudget budget;
    private final RequestLimits limits;
    private final Supplier<Optional<URI>> endpoint;

    /** @param endpoint supplies the address to which the provider sends its requests */
    public ProviderHealth(
            ProviderSettings block, AccountKeys accounts, Supplier<Optional<URI>> endpoint, HealthRegistry registry) {
        this.endpoint = endpoint;
        this.cooldowns = new CooldownTracker(block, accounts, this::endpoint, registry);
        this.accounts = accounts;
        this.budget = new RetryBudget(block.name(), block.retry().budget());
        this.limits = new RequestLimits(block.name(), block.limits(), registry.time());
    }

    /** Returns the cooldown that applies to a call for the model, or the longest one if there are several. */
    public Optional<Cooldown> cooldown(CallContext context, String model) {
        return longest(cooldowns.of(model, () -> accounts.now(context)));
    }

    /** Whether a call for the model would probably be in cooldown. Asks no source of a key. */
    public boolean isProbablyInCooldown(String model) {
        return longest(cooldowns.of(model, accounts::known)).isPresent();
    }

    /** Whether the other methods ask the sources of the keys, because an account could be in cooldown. */
    public boolean dependsOnKeys() {
        return cooldowns.dependsOnAccount();
    }

    private static Optional<Cooldown> longest(List<KeyedBreaker> breakers) {
        Cooldown longest = null;
        for (KeyedBreaker one : breakers) {
            Cooldown cooldown = one.breaker().look();
            if (cooldown != null && (longest == null || cooldown.untilNanos() - longest.untilNanos() > 0)) {
                longest = cooldown;
            }
        }
        return Optional.ofNullable(longest);
    }

    /**
     * Acquires a permit unless there is a cooldown. After a cooldown, only one trial attempt at a time gets a permit.
     *
     * @return null if there is a cooldown
     */
    public @Nullable Permit tryAcquire(CallContext context, String model) {
        return acquire(context, model, false);
    }

    /** Acquires a permit in any case, even during a cooldown. */
    public Permit acquire(CallContext context, String model) {
        return Objects.requireNonNull(acquire(context, model, true));
    }

    private @Nullable Permit acquire(CallContext context, String model, boolean always) {
        List<KeyedBreaker> known = cooldowns.of(model, () -> accounts.now(context));
        if (known.isEmpty()) {
            return new Permit(model, cooldowns, budget, limits, List.of());
        }
        List<KeyedBreaker> trials = new ArrayList<>(1);
        for (KeyedBreaker one : known) {
            CooldownBreaker.Decision decision = one.breaker().enter();
            if (decision == CooldownBreaker.Decision.TRIAL) {
                trials.add(one);
            } else if (decision == CooldownBreaker.Decision.REFUSED && !always) {
                trials.forEach(trial -> trial.breaker().abandonTrial());
                return null;
            }
        }
        return new Permit(model, cooldowns, budget, limits, trials);
    }

    /** Takes a retry from the budget. Returns false if none is left. */
    public boolean tryRetry() {
        return budget.take();
    }

    /** Whether the provider or the model is in cooldown because it failed, rather than because it requested a wait. */
    public boolean isFailing(String model) {
        return cooldowns.isFailing(model);
    }

    /**
     * Returns the address to which the provider sends its requests. It is also empty if the provider fails to report
     * it, because a missing label must not end a call.
     */
    public Optional<URI> endpoint() {
        try {
            Optional<URI> reported = endpoint.get();
            return reported == null ? Optional.empty() : reported;
        } catch (Throwable e) {
            FatalErrors.rethrow(e);
            return Optional.empty();
        }
    }

    /**
     * Returns the account of an attempt. Asks no source of a key.
     *
     * @param used the keys that the attempt has used; if empty, the keys that are known are used instead
     */
    public String account(List<Secret> used) {
        return accounts.of(used);
    }

    /** Returns all cooldowns of the provider, its models and its accounts. */
    public List<CooldownTracker.ActiveCooldown> cooldowns() {
        return cooldowns.active();
    }

    /** Ends all cooldowns and refills the retry budget, as if the client had just started. */
    public void reset() {
        cooldowns.reset();
        budget.reset();
    }
}
