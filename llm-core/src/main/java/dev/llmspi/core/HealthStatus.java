package dev.llmspi.core;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.health.CooldownTracker.ActiveCooldown;
import dev.llmspi.core.routing.AttemptTarget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The health of a provider or of one of its models or accounts. Immutable. */
public final class HealthStatus {

    /** The possible states. Later releases may add more, so a switch needs a default branch. */
    public enum State {
        /** The provider, model or account is used by calls. */
        AVAILABLE,
        /** Calls skip the provider, model or account, unless no other link is usable. */
        COOLDOWN,
        /**
         * The cooldown has expired. One call at a time is sent as a trial, to find out whether the provider has
         * recovered.
         */
        TRIAL
    }

    private final String provider;
    private final State state;
    private final Optional<String> model;
    private final Optional<String> account;
    private final Optional<ErrorKind> kind;
    private final Optional<Instant> since;
    private final Optional<Instant> until;

    private HealthStatus(String provider, State state, Optional<ActiveCooldown> active) {
        this.provider = provider;
        this.state = state;
        this.model = active.flatMap(ActiveCooldown::model);
        this.account = active.flatMap(ActiveCooldown::account);
        this.kind = active.map(one -> one.cooldown().kind());
        this.since = active.map(one -> one.cooldown().since());
        this.until = active.map(one -> one.cooldown().until());
    }

    static List<HealthStatus> of(AttemptTarget provider) {
        List<HealthStatus> list = new ArrayList<>();
        List<ActiveCooldown> cooldowns = provider.health().cooldowns();
        if (cooldowns.stream().noneMatch(ActiveCooldown::whole)) {
            list.add(new HealthStatus(provider.name(), State.AVAILABLE, Optional.empty()));
        }
        for (ActiveCooldown active : cooldowns) {
            State state = active.due() ? State.TRIAL : State.COOLDOWN;
            list.add(new HealthStatus(provider.name(), state, Optional.of(active)));
        }
        return list;
    }

    /** The name of the provider. */
    public String provider() {
        return provider;
    }

    /** The state, which tells whether calls use the provider, model or account. */
    public State state() {
        return state;
    }

    /** The model, if the cooldown applies to a single model. */
    public Optional<String> model() {
        return model;
    }

    /**
     * The account, if the cooldown applies to a single account. It is identified by its configured label, or by a label
     * computed from its key.
     */
    public Optional<String> account() {
        return account;
    }

    /** The kind of error that caused the cooldown. */
    public Optional<ErrorKind> kind() {
        return kind;
    }

    /** The time at which the cooldown began. */
    public Optional<Instant> since() {
        return since;
    }

    /** The time at which the cooldown ends, or ended if the state is {@link State#TRIAL}. */
    public Optional<Instant> until() {
        return until;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HealthStatus that
                && provider.equals(that.provider)
                && state == that.state
                && model.equals(that.model)
                && account.equals(that.account)
                && kind.equals(that.kind)
                && since.equals(that.since)
                && until.equals(that.until);
    }

    @Override
    public int hashCode() {
        return Objects.hash(provider, state, model, account, kind, since, until);
    }

    @Override
    public String toString() {
        return "HealthStatus[" + provider
                + model.map(name -> " (" + name + ")").orElse("")
                + account.map(label -> " account " + label).orElse("") + " " + state
                + kind.map(cause -> " after " + cause.id()).orElse("")
                + until.map(end -> " until " + end).orElse("") + "]";
    }
}
