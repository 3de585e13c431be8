package dev.llmspi.core.settings;

import dev.llmspi.api.Reasoning;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an agent or a mode. They apply to options that the request does not set. Immutable. Later releases
 * may add accessors.
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

    /** The model or alias to use. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** The chain to use. */
    public Optional<String> chain() {
        return Optional.ofNullable(chain);
    }

    /** The provider to move to the front of the chain. Only modes can set it. */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** The sampling temperature. */
    public OptionalDouble temperature() {
        return temperature == null ? OptionalDouble.empty() : OptionalDouble.of(temperature);
    }

    /** The maximum number of tokens in the answer. */
    public OptionalInt maxOutputTokens() {
        return maxOutputTokens == 0 ? OptionalInt.empty() : OptionalInt.of(maxOutputTokens);
    }

    /** The reasoning effort or budget. */
    public Optional<Reasoning> reasoning() {
        return Optional.ofNullable(reasoning);
    }

    /** The timeouts set by this agent or mode. Timeouts that are missing here come from the provider or the client. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    @Override
    public String toString() {
        return "ProfileSettings[model=" + model + ", chain=" + chain + ", provider=" + provider + "]";
    }
}
