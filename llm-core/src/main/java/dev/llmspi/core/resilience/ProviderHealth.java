package dev.llmspi.core.resilience;

import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.core.call.Listeners;
import dev.llmspi.core.call.Nanos;
import dev.llmspi.core.settings.CooldownSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one provider instance: which of its models, or whether all of it, is in cooldown. Fed by every attempt of
 * every chain; read by every call, so reading is a look into a small map. Safe for use by many threads.
 */
public final class ProviderHealth {

    private static final Logger LOG = System.getLogger("dev.llmspi.health");
    /** Stands for the whole instance; no model has this name. */
    private static final String ALL_MODELS = "";

    private final String provider;
    private final CooldownSettings settings;
    private final TimeSource time;
    private final Listeners listeners;
    private final Map<String, Cooldown> cooldowns = new ConcurrentHashMap<>(2);

    public ProviderHealth(String provider, CooldownSettings settings, TimeSource time, Listeners listeners) {
        this.provider = provider;
        this.settings = settings;
        this.time = time;
        this.listeners = listeners;
    }

    /** The cooldown a call for the model would run into. */
    public Optional<Cooldown> cooldown(String model) {
        if (cooldowns.isEmpty()) {
            return Optional.empty();
        }
        Cooldown whole = running(ALL_MODELS);
        Cooldown own = running(model);
        if (whole == null || own == null) {
            return Optional.ofNullable(whole == null ? own : whole);
        }
        return Optional.of(whole.untilNanos() - own.untilNanos() >= 0 ? whole : own);
    }

    /** All cooldowns that have not run out. */
    public List<Cooldown> cooldowns() {
        List<Cooldown> list = new ArrayList<>();
        for (String model : cooldowns.keySet()) {
            Cooldown cooldown = running(model);
            if (cooldown != null) {
                list.add(cooldown);
            }
        }
        return list;
    }

    /** A success ends what was known before the attempt began; an attempt that was under way proves nothing. */
    void succeeded(String model, long startNanos) {
        if (!cooldowns.isEmpty()) {
            end(ALL_MODELS, startNanos);
            end(model, startNanos);
        }
    }

    void failed(String model, LlmException error) {
        if (error.reason().orElse(null) == ErrorReason.CREDENTIAL_RENEWED) {
            return; // the key that failed is gone
        }
        switch (error.kind()) {
            case AUTHENTICATION -> begin(ALL_MODELS, error, settings.authentication());
            case RESOURCE_EXHAUSTED ->
                begin(ALL_MODELS, error, error.retryAfter().orElse(settings.exhausted()));
            case RATE_LIMIT -> error.retryAfter().ifPresent(wait -> begin(model, error, wait));
            default -> {
                // the other kinds say nothing about the next call
            }
        }
    }

    private void begin(String model, LlmException error, Duration wished) {
        Duration length = wished.compareTo(settings.max()) > 0 ? settings.max() : wished;
        if (length.isZero()) {
            return;
        }
        Instant since = time.now();
        long now = time.nanoTime();
        Optional<String> concerned = model.equals(ALL_MODELS) ? Optional.empty() : Optional.of(model);
        Cooldown cooldown =
                new Cooldown(concerned, error.kind(), since, since.plus(length), now, now + Nanos.of(length));
        Cooldown before = cooldowns.get(model);
        Cooldown lasting = cooldowns.merge(
                model, cooldown, (old, fresh) -> old.untilNanos() - fresh.untilNanos() > 0 ? old : fresh);
        if (lasting != cooldown) {
            return; // one that lasts longer goes on
        }
        if (before == null) {
            Level level = model.equals(ALL_MODELS) ? Level.WARNING : Level.DEBUG;
            LOG.log(
                    level,
                    () -> "provider " + provider
                            + concerned.map(name -> " (" + name + ")").orElse("")
                            + " is in cooldown for " + length.toMillis() + " ms after "
                            + error.kind().id()
                            + (error.status().isPresent()
                                    ? " (HTTP " + error.status().getAsInt() + ")"
                                    : ""));
        }
        tell(new CooldownChanged(provider, concerned, error.kind(), Optional.of(cooldown.until())));
    }

    private @Nullable Cooldown running(String model) {
        Cooldown cooldown = cooldowns.get(model);
        if (cooldown == null || cooldown.untilNanos() - time.nanoTime() > 0) {
            return cooldown;
        }
        if (cooldowns.remove(model, cooldown)) {
            tell(new CooldownChanged(provider, cooldown.model(), cooldown.kind(), Optional.empty()));
        }
        return null;
    }

    private void end(String model, long startNanos) {
        Cooldown ended = cooldowns.get(model);
        if (ended != null && ended.sinceNanos() - startNanos <= 0 && cooldowns.remove(model, ended)) {
            tell(new CooldownChanged(provider, ended.model(), ended.kind(), Optional.empty()));
        }
    }

    private void tell(CooldownChanged event) {
        listeners.tell(listener -> listener.cooldownChanged(event));
    }
}
