package dev.llmspi.core.health;

import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.core.health.Cooldown.Scope;
import dev.llmspi.core.settings.CooldownSettings;
import dev.llmspi.core.settings.ProviderSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the cooldowns of one provider, its models and its accounts. Every attempt reports its outcome here. Safe for
 * use by many threads.
 */
public final class CooldownTracker {

    private static final Logger LOG = System.getLogger("dev.llmspi.health");

    private final String provider;
    private final String type;
    private final Supplier<Optional<URI>> endpoint;
    private final CooldownSettings settings;
    private final AccountKeys accounts;
    private final HealthRegistry registry;
    /** The start of the last attempt that was answered. Undefined while {@link #everAnswered} is false. */
    private volatile long lastSuccess;

    private volatile boolean everAnswered;

    /** @param endpoint supplies the address to which the provider sends its requests; read for each event */
    CooldownTracker(
            ProviderSettings block, AccountKeys accounts, Supplier<Optional<URI>> endpoint, HealthRegistry registry) {
        this.accounts = accounts;
        this.provider = block.name();
        this.type = block.type();
        this.settings = block.cooldown();
        this.endpoint = endpoint;
        this.registry = registry;
    }

    /** A circuit breaker with the key that identifies it. */
    record KeyedBreaker(Cooldown.Key key, CooldownBreaker breaker) {}

    /**
     * Returns the circuit breakers that apply to an attempt. Empty while no provider of the client has failed.
     *
     * @param account the account that the attempt would use; computed only if it matters
     */
    List<KeyedBreaker> of(String model, Supplier<String> account) {
        if (registry.isEmpty()) {
            return List.of();
        }
        String label = dependsOnAccount() ? account.get() : "";
        List<KeyedBreaker> known = new ArrayList<>(4);
        add(known, instance());
        add(known, model(model));
        add(known, accountKey(Scope.ACCOUNT, label, ""));
        add(known, accountKey(Scope.RATE, label, model));
        return known;
    }

    private void add(List<KeyedBreaker> known, Cooldown.Key key) {
        CooldownBreaker breaker = registry.breaker(key);
        if (breaker != null) {
            endIfOver(key, breaker);
            known.add(new KeyedBreaker(key, breaker));
        }
    }

    private void endIfOver(Cooldown.Key key, CooldownBreaker breaker) {
        Cooldown over = breaker.endIfOver();
        if (over != null) {
            registry.forgetIfBlank(key);
            report(key, over, true);
        }
    }

    /** Whether an account could be in cooldown, so that {@link #of} computes the account. */
    boolean dependsOnAccount() {
        return !registry.isEmpty() && registry.knowsAccountsOf(accountOwner());
    }

    /** Whether the provider or the model is in cooldown because it failed, rather than because it requested a wait. */
    boolean isFailing(String model) {
        CooldownBreaker instance = registry.breaker(instance());
        CooldownBreaker own = registry.breaker(model(model));
        return instance != null && instance.look() != null || own != null && own.look() != null;
    }

    private Cooldown.Key instance() {
        return new Cooldown.Key(Scope.PROVIDER, provider, "", "");
    }

    private Cooldown.Key model(String model) {
        return new Cooldown.Key(Scope.MODEL, provider, "", model);
    }

    /** The provider's type and host, so that two providers with the same account at one host share its cooldowns. */
    private String accountOwner() {
        return type + "@" + endpoint.get().map(URI::getAuthority).orElse("");
    }

    private Cooldown.Key accountKey(Scope scope, String account, String model) {
        // An account without a known key is never shared with another provider.
        return new Cooldown.Key(scope, account.isEmpty() ? provider : accountOwner(), account, model);
    }

    /** Records an answer, which ends the cooldowns that began before the attempt. */
    void answered(List<KeyedBreaker> known, long startNanos) {
        lastSuccess = startNanos;
        everAnswered = true;
        reached(known, startNanos);
    }

    /** Ends the cooldowns whose cause no longer exists. An error response can prove this, too. */
    void reached(List<KeyedBreaker> known, long startNanos) {
        for (int i = 0; i < known.size(); i++) { // allocates no iterator, because this runs for every answer
            KeyedBreaker one = known.get(i);
            Cooldown ended = one.breaker().answered(startNanos);
            if (ended != null) {
                report(one.key(), ended, true);
            }
            registry.forgetIfBlank(one.key());
        }
    }

    /** Counts an attempt that ended without a failure. */
    void succeeded(String model) {
        if (registry.isEmpty()) {
            return;
        }
        for (Cooldown.Key key : List.of(instance(), model(model))) {
            CooldownBreaker breaker = registry.breaker(key);
            if (breaker != null) {
                breaker.succeeded();
                registry.forgetIfBlank(key);
            }
        }
    }

    /**
     * Counts a failure and begins a cooldown if necessary.
     *
     * @param account the account whose key the attempt used
     * @param counts whether a timeout or a connection error counts as a failure; a very short timeout set by the caller
     *     does not, nor a request that is sent again because the server did not process it
     * @param trials the circuit breakers for which this attempt was the trial
     */
    void failed(String model, Supplier<String> account, LlmException error, boolean counts, List<KeyedBreaker> trials) {
        ErrorReason reason = error.reason().orElse(null);
        if (reason == ErrorReason.CREDENTIAL_RENEWED || reason == ErrorReason.MISSING_CREDENTIAL) {
            return; // the rejected key has been replaced, or no key was sent
        }
        switch (error.kind()) {
            case AUTHENTICATION ->
                begin(accountKey(Scope.ACCOUNT, account.get(), ""), error, settings.authentication());
            case RESOURCE_EXHAUSTED -> {
                Duration wait = error.retryAfter().orElse(settings.exhausted());
                begin(accountKey(Scope.ACCOUNT, account.get(), ""), error, wait);
            }
            case RATE_LIMIT ->
                error.retryAfter().ifPresent(wait -> begin(accountKey(Scope.RATE, account.get(), model), error, wait));
            case CONNECTION -> {
                if (counts && reason != ErrorReason.STALE_CONNECTION) {
                    count(instance(), error, trials);
                }
            }
            case SERVICE -> {
                if (error.requestSent()) { // a provider that is still starting received no request
                    count(model(model), error, trials);
                }
            }
            case TIMEOUT -> {
                if (counts) {
                    count(model(model), error, trials);
                }
            }
            default -> {} // errors of the other kinds do not predict how the next call ends
        }
    }

    private void count(Cooldown.Key key, LlmException error, List<KeyedBreaker> trials) {
        boolean trial = trials.stream().anyMatch(held -> held.key().equals(key));
        Cooldown begun = registry.change(
                key,
                () -> new CooldownBreaker(settings, registry.time(), true),
                breaker -> breaker.failed(error.kind(), trial));
        begun(key, begun, error, !trial);
    }

    private void begin(Cooldown.Key key, LlmException error, Duration length) {
        CooldownBreaker known = registry.breaker(key);
        boolean fresh = known == null || known.state() == null;
        Cooldown begun = registry.change(
                key,
                () -> new CooldownBreaker(settings, registry.time(), key.scope() != Scope.RATE),
                breaker -> breaker.begin(error, length));
        begun(key, begun, error, fresh);
    }

    private void begun(Cooldown.Key key, @Nullable Cooldown cooldown, LlmException error, boolean fresh) {
        if (cooldown == null) {
            return;
        }
        // Rate limits are too common for a warning.
        Level level = fresh && key.scope() != Scope.RATE ? Level.WARNING : Level.DEBUG;
        LOG.log(
                level,
                () -> describe(key) + " is in cooldown for "
                        + TimeUnit.NANOSECONDS.toMillis(cooldown.untilNanos() - cooldown.sinceNanos())
                        + " ms after " + error.kind().id()
                        + (error.status().isPresent()
                                ? " (HTTP " + error.status().getAsInt() + ")"
                                : ""));
        report(key, cooldown, false);
    }

    private String describe(Cooldown.Key key) {
        return "provider " + provider + (key.concernsModel() && !key.model().isEmpty() ? " (" + key.model() + ")" : "")
                + (key.account().isEmpty() ? "" : ", account " + key.account());
    }

    private void report(Cooldown.Key key, Cooldown cooldown, boolean ended) {
        if (ended) {
            LOG.log(
                    key.scope() == Scope.RATE ? Level.DEBUG : Level.INFO,
                    () -> describe(key) + " is no longer in cooldown");
        }
        registry.send(new CooldownChanged(
                provider,
                type,
                endpoint.get(),
                optional(key.account()),
                optional(key.model()),
                cooldown.kind(),
                cooldown.since(),
                ended ? Optional.empty() : Optional.of(cooldown.until())));
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /**
     * A cooldown as the client reports it.
     *
     * @param model the model, if the cooldown applies to one model only
     * @param account the account, if the cooldown applies to one account only
     * @param due whether the cooldown has expired, so that the next attempt is a trial
     * @param whole whether it applies to all calls, because the provider cannot be reached or no attempt has been
     *     answered since the account failed
     */
    public record ActiveCooldown(
            Optional<String> model, Optional<String> account, Cooldown cooldown, boolean due, boolean whole) {}

    /** Returns the active cooldowns of this provider, its models and its accounts. */
    List<ActiveCooldown> active() {
        if (registry.isEmpty()) {
            return List.of();
        }
        List<ActiveCooldown> active = new ArrayList<>(2);
        registry.forEach((key, breaker) -> {
            if (isOurs(key)) {
                endIfOver(key, breaker);
                Cooldown cooldown = breaker.state();
                if (cooldown != null) {
                    boolean whole =
                            key.scope() == Scope.PROVIDER || key.scope() == Scope.ACCOUNT && !answeredSince(cooldown);
                    active.add(new ActiveCooldown(
                            optional(key.model()), optional(key.account()), cooldown, breaker.isDue(), whole));
                }
            }
        });
        return active;
    }

    private boolean answeredSince(Cooldown cooldown) {
        return everAnswered && lastSuccess - cooldown.sinceNanos() >= 0;
    }

    private boolean isOurs(Cooldown.Key key) {
        return key.account().isEmpty()
                ? key.owner().equals(provider)
                : key.owner().equals(accountOwner()) && accounts.knows(key.account());
    }

    /** Ends all cooldowns and resets all counts. */
    void reset() {
        registry.forget(this::isOurs, (key, cooldown) -> report(key, cooldown, true));
    }
}
