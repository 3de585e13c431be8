package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.spi.Credential;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The block of one provider instance. Immutable; made by {@link LlmSettings}. */
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
        this.values = new HiddenValues(values);
    }

    ProviderSettings ofType(String other) {
        return type.equals(other)
                ? this
                : new ProviderSettings(name, other, defaultModel, account, timeouts, policies, agents, modes, values);
    }

    /** The name of the instance. */
    public String name() {
        return name;
    }

    /** Which factory makes it. */
    public String type() {
        return type;
    }

    public Optional<String> defaultModel() {
        return Optional.ofNullable(defaultModel);
    }

    /** The clocks this block sets itself; lay them over the client's. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    /** Retries, the client's where this block says nothing. */
    public RetrySettings retry() {
        return policies.retry();
    }

    /** The kinds of error after which the next provider is asked, the client's where this block says nothing. */
    public Set<ErrorKind> fallbackOn() {
        return policies.fallbackOn();
    }

    /** When it is left alone, the client's where this block says nothing. */
    public CooldownSettings cooldown() {
        return policies.cooldown();
    }

    /** The limits the client sets itself, the client's where this block says nothing. */
    public LimitSettings limits() {
        return policies.limits();
    }

    /** The label of the account its key belongs to; absent: one for each key. */
    public Optional<String> account() {
        return Optional.ofNullable(account);
    }

    /** What agents use at this provider, over {@link LlmSettings#agents()}. */
    public Map<String, ProfileSettings> agents() {
        return agents;
    }

    /** What modes use at this provider, over {@link LlmSettings#modes()}. */
    public Map<String, ProfileSettings> modes() {
        return modes;
    }

    /** The rest of the block, for the provider's factory; may hold keys. */
    public Map<String, Object> values() {
        return values;
    }

    /** Does not show the values: a key may be among them. */
    @Override
    public String toString() {
        return "ProviderSettings[" + name + ", type=" + type + "]";
    }

    /** Sets keys of a provider's block by code; see {@link LlmSettings.Builder#provider}. Not safe for use by several threads. */
    public static final class Builder {
        private final Map<String, Object> keys = new LinkedHashMap<>();

        Builder() {}

        /** Which factory makes it. Default: the name of the block. */
        public Builder type(String type) {
            return set("type", type);
        }

        public Builder apiKey(String key) {
            return set("api-key", key);
        }

        /** A key that may change while the program runs. */
        public Builder apiKey(Credential credential) {
            return set("api-key", credential);
        }

        public Builder baseUrl(String url) {
            return set("base-url", url);
        }

        public Builder defaultModel(String model) {
            return set("default-model", model);
        }

        /** Sets any key of the block, as HOCON would have it or typed. */
        public Builder set(String key, Object value) {
            keys.put(key, Objects.requireNonNull(value, key));
            return this;
        }

        Map<String, Object> keys() {
            return keys;
        }
    }
}
