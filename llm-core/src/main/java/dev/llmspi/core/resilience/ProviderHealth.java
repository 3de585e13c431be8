package dev.llmspi.core.resilience;

import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.core.resilience.CooldownKey.Scope;
import dev.llmspi.core.settings.CooldownSettings;
import dev.llmspi.core.settings.ProviderSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one provider instance, its models and its accounts: which of them is in cooldown. Fed by every attempt of
 * every chain. Safe for use by many threads.
 */
public final class ProviderHealth {

    private static final Logger LOG = System.getLogger("dev.llmspi.health");

    private final String provider;
    private final String type;
    private final Supplier<Optional<URI>> endpoint;
    private final CooldownSettings settings;
    private final Accounts accounts;
    private final HealthBoard board;
    /** When the last attempt began that was answered; says nothing as long as none was. */
    private volatile long lastSuccess;

    private volatile boolean everAnswered;

    /** @param endpoint where the provider sends its requests; asked when something is to be told */
    ProviderHealth(ProviderSettings block, Accounts accounts, Supplier<Optional<URI>> endpoint, HealthBoard board) {
        this.accounts = accounts;
        this.provider = block.name();
        this.type = block.type();
        this.settings = block.cooldown();
        this.endpoint = endpoint;
        this.board = board;
    }

    /** One thing an attempt depends on, and what is known of it. */
    record Known(CooldownKey key, Gate gate) {}

    /** Whether all is well with everybody: then there is nothing to look for. */
    boolean knowsNothing() {
        return board.isEmpty();
    }

    /**
     * What is known of the things an attempt depends on; empty as long as all is well.
     *
     * @param account asked for only if it matters
     */
    List<Known> known(String model, Supplier<String> account) {
        if (knowsNothing()) {
            return List.of();
        }
        List<Known> known = new ArrayList<>(4);
        add(known, instance());
        add(known, model(model));
        String label = board.knowsAccountsOf(accountOwner()) ? account.get() : "";
        add(known, accountKey(Scope.ACCOUNT, label, ""));
        add(known, accountKey(Scope.RATE, label, model));
        return known;
    }

    private void add(List<Known> known, CooldownKey key) {
        Gate gate = board.gate(key);
        if (gate != null) {
            endIfOver(key, gate);
            known.add(new Known(key, gate));
        }
    }

    private void endIfOver(CooldownKey key, Gate gate) {
        Cooldown over = gate.endIfOver();
        if (over != null) {
            tell(key, over, true);
        }
    }

    /** Whether the instance or the model is in cooldown for its own failures, rather than for a wait it has asked for. */
    boolean isLeftAlone(String model) {
        Gate instance = board.gate(instance());
        Gate own = board.gate(model(model));
        return instance != null && instance.look() != null || own != null && own.look() != null;
    }

    private CooldownKey instance() {
        return new CooldownKey(Scope.PROVIDER, provider, "", "");
    }

    private CooldownKey model(String model) {
        return new CooldownKey(Scope.MODEL, provider, "", model);
    }

    /** The host an account belongs to. */
    private String accountOwner() {
        return type + "@" + endpoint.get().map(URI::getAuthority).orElse("");
    }

    private CooldownKey accountKey(Scope scope, String account, String model) {
        // Without a key that core has seen there is nothing to share with another instance.
        return new CooldownKey(scope, account.isEmpty() ? provider : accountOwner(), account, model);
    }

    /** An answer ends what was known before the attempt began. */
    void answered(List<Known> known, long startNanos) {
        lastSuccess = startNanos;
        if (!everAnswered) {
            everAnswered = true;
        }
        if (!known.isEmpty()) {
            reached(known, startNanos);
        }
    }

    /** An error may show as well that something works. */
    void reached(List<Known> known, long startNanos) {
        for (Known one : known) {
            Cooldown ended = one.gate().answered(startNanos);
            if (ended != null) {
                tell(one.key(), ended, true);
            }
            board.forgetIfBlank(one.key());
        }
    }

    /** Counts an attempt that came to its end without a failure. */
    void succeeded(String model) {
        if (knowsNothing()) {
            return;
        }
        for (CooldownKey key : List.of(instance(), model(model))) {
            Gate gate = board.gate(key);
            if (gate != null) {
                gate.succeeded();
                board.forgetIfBlank(key);
            }
        }
    }

    /**
     * Takes note of a failure.
     *
     * @param account the account whose key the attempt has used
     * @param counts whether a failure of its kind counts: a caller's own short clock says nothing of the provider
     * @param trials the gates the attempt was the trial of
     */
    void failed(String model, Supplier<String> account, LlmException error, boolean counts, List<Known> trials) {
        if (error.reason().orElse(null) == ErrorReason.CREDENTIAL_RENEWED) {
            return; // the key that failed is gone
        }
        switch (error.kind()) {
            case AUTHENTICATION ->
                begin(accountKey(Scope.ACCOUNT, account.get(), ""), error, settings.authentication());
            case RESOURCE_EXHAUSTED ->
                begin(
                        accountKey(Scope.ACCOUNT, account.get(), ""),
                        error,
                        error.retryAfter().orElse(settings.exhausted()));
            case RATE_LIMIT ->
                error.retryAfter().ifPresent(wait -> begin(accountKey(Scope.RATE, account.get(), model), error, wait));
            case CONNECTION -> {
                if (error.reason().orElse(null) != ErrorReason.STALE_CONNECTION) {
                    count(instance(), error, trials);
                }
            }
            case SERVICE -> {
                if (error.requestSent()) { // what is still starting was not asked
                    count(model(model), error, trials);
                }
            }
            case TIMEOUT -> {
                if (counts) {
                    count(model(model), error, trials);
                }
            }
            default -> {
                // the other kinds say nothing about the next call
            }
        }
    }

    private void count(CooldownKey key, LlmException error, List<Known> trials) {
        boolean trial = trials.stream().anyMatch(held -> held.key().equals(key));
        Cooldown begun = board.change(
                key, () -> new Gate(settings, board.time(), true), gate -> gate.failed(error.kind(), trial));
        begun(key, begun, error, !trial);
    }

    private void begin(CooldownKey key, LlmException error, Duration length) {
        Gate known = board.gate(key);
        boolean fresh = known == null || known.state() == null;
        Cooldown begun = board.change(
                key,
                () -> new Gate(settings, board.time(), key.scope() != Scope.RATE),
                gate -> gate.begin(error.kind(), length));
        begun(key, begun, error, fresh);
    }

    private void begun(CooldownKey key, @Nullable Cooldown cooldown, LlmException error, boolean fresh) {
        if (cooldown == null) {
            return;
        }
        // A rate limit is everyday life; the others are for a person to see.
        Level level = fresh && key.scope() != Scope.RATE ? Level.WARNING : Level.DEBUG;
        LOG.log(
                level,
                () -> describe(key) + " is in cooldown for "
                        + Duration.ofNanos(cooldown.untilNanos() - cooldown.sinceNanos())
                                .toMillis()
                        + " ms after " + error.kind().id()
                        + (error.status().isPresent()
                                ? " (HTTP " + error.status().getAsInt() + ")"
                                : ""));
        tell(key, cooldown, false);
    }

    private String describe(CooldownKey key) {
        return "provider " + provider + (key.concernsModel() && !key.model().isEmpty() ? " (" + key.model() + ")" : "")
                + (key.account().isEmpty() ? "" : ", account " + key.account());
    }

    private void tell(CooldownKey key, Cooldown cooldown, boolean ended) {
        if (ended) {
            LOG.log(
                    key.scope() == Scope.RATE ? Level.DEBUG : Level.INFO,
                    () -> describe(key) + " is no longer in cooldown");
        }
        board.tell(new CooldownChanged(
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
     * A cooldown as a person may ask for it.
     *
     * @param model the model, if only that is concerned
     * @param account the account, if only that is concerned
     * @param due whether it is over, but for the attempt that finds out
     * @param whole whether the instance answers nobody: it cannot be reached, or no other account was answered since
     */
    public record Entry(
            Optional<String> model, Optional<String> account, Cooldown cooldown, boolean due, boolean whole) {}

    /** The cooldowns of this instance and of its accounts that are on. */
    List<Entry> entries() {
        if (board.isEmpty()) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>(2);
        board.forEach((key, gate) -> {
            if (isOurs(key)) {
                endIfOver(key, gate);
                Cooldown cooldown = gate.state();
                if (cooldown != null) {
                    boolean whole =
                            key.scope() == Scope.PROVIDER || key.scope() == Scope.ACCOUNT && !answeredSince(cooldown);
                    entries.add(
                            new Entry(optional(key.model()), optional(key.account()), cooldown, gate.isDue(), whole));
                }
            }
        });
        return entries;
    }

    private boolean answeredSince(Cooldown cooldown) {
        return everAnswered && lastSuccess - cooldown.sinceNanos() >= 0;
    }

    private boolean isOurs(CooldownKey key) {
        return key.account().isEmpty()
                ? key.owner().equals(provider)
                : key.owner().equals(accountOwner()) && accounts.knows(key.account());
    }

    /** Forgets everything known. */
    void reset() {
        board.forget(this::isOurs, (key, cooldown) -> tell(key, cooldown, true));
    }
}
