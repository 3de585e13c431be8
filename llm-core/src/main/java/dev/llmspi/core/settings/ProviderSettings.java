package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.spi.Credential;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings in the configuration block of one provider, which is part of {@link LlmSettings}. Immutable. */
public final class ProviderSettings {

    private final String name;
    private final String type;
    private final @Nullable String defaultModel;
    private final @Nullable String account;
    private final TimeoutSettings timeouts;
    private final Policies policies;
    private final Map<String, ProfileSettings> agents;
    private final Map<String, ProfileSettings> modes;
    private final Map<String, Object> values;

    ProviderSettings(
            String name,
            String type,
            @Nullable String defaultModel,
            @Nullable String account,
            TimeoutSettings timeouts,
            Policies policies,
            Map<String, ProfileSettings> agents,
            Map<String, ProfileSettings> modes,
            Map<String, Object> values) {
        this.name = name;
        this.type = type;
        this.defaultModel = defaultModel;
        this.account = account;
        this.timeouts = timeouts;
        this.policies = policies;
        this.agents = Map.copyOf(agents);
        this.modes = Map.copyOf(modes);
        this.values = new RedactedMap(values);
    }

    static ProviderSettings withoutBlock(String name, String type, Policies policies) {
        return new ProviderSettings(
                name, type, null, null, TimeoutSettings.none(), policies, Map.of(), Map.of(), Map.of());
    }

    ProviderSettings ofType(String other) {
        return type.equals(other)
                ? this
                : new ProviderSettings(name, other, defaultModel, account, timeouts, policies, agents, modes, values);
    }

    /** The name of the provider. */
    public String name() {
        return name;
    }

    /** The type of the provider, which selects the factory that creates it. */
    public String type() {
        return type;
    }

    /** The model for calls that do not specify a model. */
    public Optional<String> defaultModel() {
        return Optional.ofNullable(defaultModel);
    }

    /** The timeouts set in this block. Use {@link TimeoutSettings#over} to combine them with the client's timeouts. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    /** The retry settings. The client's settings apply to keys that are missing in this block. */
    public RetrySettings retry() {
        return policies.retry();
    }

    /** The fallback settings. The client's settings apply to keys that are missing in this block. */
    public FallbackSettings fallback() {
        return policies.fallback();
    }

    /** Shorthand for {@link FallbackSettings#on fallback().on()}. */
    public Set<ErrorKind> fallbackOn() {
        return fallback().on();
    }

    /** The cooldown settings. The client's settings apply to keys that are missing in this block. */
    public CooldownSettings cooldown() {
        return policies.cooldown();
    }

    /** The request limits. The client's settings apply to keys that are missing in this block. */
    public LimitSettings limits() {
        return policies.limits();
    }

    /** The label of the account that the API key belongs to. If it is absent, each key counts as a separate account. */
    public Optional<String> account() {
        return Optional.ofNullable(account);
    }

    /** The settings of agents at this provider, which override {@link LlmSettings#agents()}. */
    public Map<String, ProfileSettings> agents() {
        return agents;
    }

    /** The settings of modes at this provider, which override {@link LlmSettings#modes()}. */
    public Map<String, ProfileSettings> modes() {
        return modes;
    }

    /** The remaining keys of the block, which the factory of the provider reads. The values may contain API keys. */
    public Map<String, Object> values() {
        return values;
    }

    /** Returns a description without the values, which may contain API keys. */
    @Override
    public String toString() {
        return "ProviderSettings[" + name + ", type=" + type + "]";
    }

    /** The policies that a client sets for all providers, and that a provider's block can override. */
    record Policies(RetrySettings retry, FallbackSettings fallback, CooldownSettings cooldown, LimitSettings limits) {

        static final Policies DEFAULTS = new Policies(
                RetrySettings.builder().build(),
                FallbackSettings.defaults(),
                CooldownSettings.defaults(),
                LimitSettings.none());
    }

    /** A map whose string form contains only the keys, because the values may be secrets. */
    private static final class RedactedMap extends AbstractMap<String, Object> {

        private final Map<String, Object> values;

        RedactedMap(Map<String, Object> values) {
            this.values = Collections.unmodifiableMap(values);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return values.entrySet();
        }

        @Override
        public String toString() {
            return values.keySet().toString();
        }
    }

    /** Sets keys in a provider's block. See {@link LlmSettings.Builder#provider}. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Object> keys = new LinkedHashMap<>();

        Builder() {}

        /** Sets the type of the provider, which selects its factory. Default: the name of the block. */
        public Builder type(String type) {
            return set("type", type);
        }

        /** Sets a fixed API key. */
        public Builder apiKey(String key) {
            return set("api-key", key);
        }

        /** Sets a source of API keys, for a key that can change while the program runs. */
        public Builder apiKey(Credential credential) {
            return set("api-key", credential);
        }

        /** Sets the base URL of the provider's API. */
        public Builder baseUrl(String url) {
            return set("base-url", url);
        }

        /** Sets the model for calls that do not specify a model. */
        public Builder defaultModel(String model) {
            return set("default-model", model);
        }

        /**
         * Sets any key in the block. The value can be a string as in HOCON, or a typed value as in
         * {@link LlmSettings.Builder#set}.
         */
        public Builder set(String key, Object value) {
            keys.put(key, Objects.requireNonNull(value, key));
            return this;
        }

        Map<String, Object> keys() {
            return keys;
        }
    }
}
