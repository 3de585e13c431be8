package dev.llmspi.core;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.resilience.ProviderHealth;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of a provider, or of one of its models or accounts. Immutable. */
public final class HealthStatus {

    /** Later releases may add states: keep a default branch. */
    public enum State {
        /** It is asked. */
        AVAILABLE,
        /** It is passed over as long as another link is not. */
        COOLDOWN,
        /** Its cooldown is over; one call at a time is let through, to find out whether the cause is. */
        TRIAL
    }

    private final String provider;
    private final State state;
    private final Optional<String> model;
    private final Optional<String> account;
    private final Optional<ErrorKind> kind;
    private final Optional<Instant> since;
    private final Optional<Instant> until;

    private HealthStatus(String provider, State state, ProviderHealth.@Nullable Entry entry) {
        Optional<ProviderHealth.Entry> known = Optional.ofNullable(entry);
        this.provider = provider;
        this.state = state;
        this.model = known.flatMap(ProviderHealth.Entry::model);
        this.account = known.flatMap(ProviderHealth.Entry::account);
        this.kind = known.map(one -> one.cooldown().kind());
        this.since = known.map(one -> one.cooldown().since());
        this.until = known.map(one -> one.cooldown().until());
    }

    static HealthStatus available(String provider) {
        return new HealthStatus(provider, State.AVAILABLE, null);
    }

    static HealthStatus of(String provider, ProviderHealth.Entry entry) {
        return new HealthStatus(provider, entry.due() ? State.TRIAL : State.COOLDOWN, entry);
    }

    /** The provider instance. */
    public String provider() {
        return provider;
    }

    public State state() {
        return state;
    }

    /** The model, if only that is concerned. */
    public Optional<String> model() {
        return model;
    }

    /** The account, if only that is concerned: its label in the configuration, or a mark that stands for a key. */
    public Optional<String> account() {
        return account;
    }

    /** The kind of error that was the cause of a cooldown. */
    public Optional<ErrorKind> kind() {
        return kind;
    }

    /** When the cooldown began. */
    public Optional<Instant> since() {
        return since;
    }

    /** When the cooldown ends; of a {@link State#TRIAL}: when it ended. */
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
