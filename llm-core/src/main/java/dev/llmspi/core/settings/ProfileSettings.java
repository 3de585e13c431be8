package dev.llmspi.core.settings;

import dev.llmspi.api.Reasoning;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What an agent or a mode brings along: used where the request says nothing. Immutable; a new key becomes a new accessor.
 */
public final class ProfileSettings {

    private final @Nullable String model;
    private final @Nullable String chain;
    private final @Nullable String provider;
    private final @Nullable Double temperature;
    private final int maxOutputTokens;
    private final @Nullable Reasoning reasoning;
    private final TimeoutSettings timeouts;

    ProfileSettings(
            @Nullable String model,
            @Nullable String chain,
            @Nullable String provider,
            @Nullable Double temperature,
            int maxOutputTokens,
            @Nullable Reasoning reasoning,
            TimeoutSettings timeouts) {
        this.model = model;
        this.chain = chain;
        this.provider = provider;
        this.temperature = temperature;
        this.maxOutputTokens = maxOutputTokens;
        this.reasoning = reasoning;
        this.timeouts = timeouts;
    }

    /** A model or an alias. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    public Optional<String> chain() {
        return Optional.ofNullable(chain);
    }

    /** The provider that goes to the front of the chain; modes only. */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    public OptionalDouble temperature() {
        return temperature == null ? OptionalDouble.empty() : OptionalDouble.of(temperature);
    }

    public OptionalInt maxOutputTokens() {
        return maxOutputTokens == 0 ? OptionalInt.empty() : OptionalInt.of(maxOutputTokens);
    }

    public Optional<Reasoning> reasoning() {
        return Optional.ofNullable(reasoning);
    }

    /** The clocks it sets; the others are those of the provider or the client. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    @Override
    public String toString() {
        return "ProfileSettings[model=" + model + ", chain=" + chain + ", provider=" + provider + "]";
    }
}
