package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.config.Hocon;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * All settings of a client. Immutable. Values set by code override environment variables, which override HOCON. The
 * value of one provider overrides that of the whole client. Unknown keys are reported as faults.
 *
 * <pre>{@code
 * LlmSettings settings = LlmSettings.builder()
 *         .config(Path.of("llm.conf"))
 *         .environment(System.getenv())
 *         .set("llm.retry.max-retries", 5)
 *         .build();
 * }</pre>
 */
public final class LlmSettings {

    private final Optional<String> preferredProvider;
    private final Map<String, List<LinkSettings>> chains;
    private final Map<String, Map<String, String>> models;
    private final Map<String, ProfileSettings> agents;
    private final Map<String, ProfileSettings> modes;
    private final TimeoutSettings timeouts;
    private final ProviderSettings.Policies policies;
    private final List<Path> pluginFolders;
    private final Map<String, ProviderSettings> providers;
    private final Set<String> configured;
    private final UnaryOperator<String> origins;

    LlmSettings(
            Optional<String> preferredProvider,
            Map<String, List<LinkSettings>> chains,
            Map<String, Map<String, String>> models,
            Map<String, ProfileSettings> agents,
            Map<String, ProfileSettings> modes,
            TimeoutSettings timeouts,
            ProviderSettings.Policies policies,
            List<Path> pluginFolders,
            Map<String, ProviderSettings> providers,
            Set<String> configured,
            UnaryOperator<String> origins) {
        this.preferredProvider = preferredProvider;
        this.chains = Collections.unmodifiableMap(chains);
        this.models = Collections.unmodifiableMap(models);
        this.agents = Collections.unmodifiableMap(agents);
        this.modes = Collections.unmodifiableMap(modes);
        this.timeouts = timeouts;
        this.policies = policies;
        this.pluginFolders = List.copyOf(pluginFolders);
        this.providers = Collections.unmodifiableMap(providers);
        this.configured = Set.copyOf(configured);
        this.origins = origins;
    }

    /** Reads {@code application.conf}, system properties and the environment of the process. */
    public static LlmSettings load() {
        return builder().application().environment(System.getenv()).build();
    }

    /** Reads only the environment of the process. */
    public static LlmSettings fromEnvironment() {
        return builder().environment(System.getenv()).build();
    }

    /** Creates settings from flat keys such as {@code llm.retry.max-retries}, for other configuration frameworks. */
    public static LlmSettings of(Map<String, String> flat) {
        Builder builder = builder();
        flat.forEach(builder::set);
        return builder.build();
    }

    /** Returns a builder without sources. */
    public static Builder builder() {
        return new Builder();
    }

    /** The provider at the front of the default chain. The name is not case-sensitive. */
    public Optional<String> preferredProvider() {
        return preferredProvider;
    }

    /** Whether the provider with this name is the preferred provider. */
    public boolean prefers(String provider) {
        return preferredProvider.isPresent() && preferredProvider.get().equalsIgnoreCase(provider);
    }

    /** The configured chains by name. The chain {@code default} may be missing. */
    public Map<String, List<LinkSettings>> chains() {
        return chains;
    }

    /** The model aliases. Each alias has a map from provider name or type to model name. */
    public Map<String, Map<String, String>> models() {
        return models;
    }

    /** The agents by name. */
    public Map<String, ProfileSettings> agents() {
        return agents;
    }

    /** The modes by name. */
    public Map<String, ProfileSettings> modes() {
        return modes;
    }

    /** The timeouts of the client. Providers, agents, modes and calls can override them. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    /** The retry settings for providers whose block does not override them. */
    public RetrySettings retry() {
        return policies.retry();
    }

    /** The fallback settings for providers whose block does not override them. */
    public FallbackSettings fallback() {
        return policies.fallback();
    }

    /** Shorthand for {@link FallbackSettings#on fallback().on()}. */
    public Set<ErrorKind> fallbackOn() {
        return fallback().on();
    }

    /** The cooldown settings for providers whose block does not override them. */
    public CooldownSettings cooldown() {
        return policies.cooldown();
    }

    /** The request limits for providers whose block does not override them. */
    public LimitSettings limits() {
        return policies.limits();
    }

    /** The folders that are searched for plug-ins. */
    public List<Path> pluginFolders() {
        return pluginFolders;
    }

    /** The provider blocks by name, in the order of the configuration. */
    public Map<String, ProviderSettings> providers() {
        return providers;
    }

    /** Whether provider blocks are set in HOCON or by code. Otherwise, all blocks come from environment variables. */
    public boolean providersConfigured() {
        return !configured.isEmpty();
    }

    /** Whether the block of this provider is set in HOCON or by code, and not only by environment variables. */
    public boolean isConfigured(String provider) {
        return configured.contains(provider);
    }

    /** Returns a provider's block with the given type, or one with the client's settings if there is no such block. */
    public ProviderSettings providerSettings(String name, String type) {
        ProviderSettings block = providers.get(name);
        return block != null ? block.ofType(type) : ProviderSettings.withoutBlock(name, type, policies);
    }

    /** Returns the place where a path is set, such as a file and line. Returns {@code ""} if it is unknown. */
    public String origin(String path) {
        return origins.apply(path);
    }

    /** Describes how to set a path. Names the environment variable too if it would have an effect. */
    public String howToSet(String path) {
        return EnvironmentVariables.howToSet(path, this);
    }

    /** Returns a description without values that may contain API keys. */
    @Override
    public String toString() {
        return "LlmSettings[chains=" + chains + ", providers=" + providers.values() + "]";
    }

    /** Collects sources and values for {@link LlmSettings}. Not thread-safe. */
    public static final class Builder {
        private final SettingsSources sources = new SettingsSources();

        private Builder() {}

        /** Adds {@code application.conf} from the context or library class loader. System properties override it. */
        public Builder application() {
            sources.application(null);
            return this;
        }

        /** Adds {@code application.conf} from a class loader. System properties override it. */
        public Builder application(ClassLoader loader) {
            sources.application(loader);
            return this;
        }

        /** Adds a HOCON file. It overrides sources added before. */
        public Builder config(Path file) {
            sources.add(file.toString(), () -> Hocon.file(file));
            return this;
        }

        /** Adds a HOCON resource. It overrides sources added before. */
        public Builder resource(String name, ClassLoader loader) {
            sources.add(name, () -> Hocon.resource(name, loader));
            return this;
        }

        /**
         * Adds HOCON text. It overrides sources added before.
         *
         * @param origin the name of the source in error messages
         */
        public Builder text(String hocon, String origin) {
            sources.add(origin, () -> Hocon.text(hocon, origin));
            return this;
        }

        /** Sets the environment variables, which are also available to HOCON substitutions. Default: none. */
        public Builder environment(Map<String, String> variables) {
            sources.environment(variables);
            return this;
        }

        /**
         * Sets the value of a path.
         *
         * @param path the path, such as {@code llm.retry.max-retries}; a key that contains dots needs double quotes
         * @param value a string as in HOCON, or a Number, Boolean, Duration, List, Map or Credential
         */
        public Builder set(String path, Object value) {
            sources.set(path, value);
            return this;
        }

        /**
         * Sets the value of a path, for frameworks that have their own configuration sources.
         *
         * @param origin the place of the value, for error messages
         */
        public Builder set(String path, Object value, String origin) {
            sources.set(path, value, origin);
            return this;
        }

        /** Sets keys in a provider's block. */
        public Builder provider(String name, Consumer<ProviderSettings.Builder> block) {
            ProviderSettings.Builder builder = new ProviderSettings.Builder();
            block.accept(builder);
            sources.set(List.of("llm", "providers", name), builder.keys());
            return this;
        }

        /** Sets a chain by the names of its providers. */
        public Builder chain(String name, String... providers) {
            sources.set(List.of("llm", "chains", name), Arrays.asList(providers));
            return this;
        }

        /** Sets the retry settings for providers whose block does not override them. */
        public Builder retry(RetrySettings retry) {
            sources.set(List.of("llm", "retry"), retry.keys());
            return this;
        }

        /** Sets all timeouts of the client. */
        public Builder timeouts(TimeoutSettings timeouts) {
            sources.set(List.of("llm", "timeouts"), timeouts.keys());
            return this;
        }

        /** Sets the timeout of a whole call, including all attempts, waits and providers. */
        public Builder totalTimeout(Duration limit) {
            return set("llm.timeouts.total", limit);
        }

        /** @throws LlmConfigException if there are faults; the exception lists all of them */
        public LlmSettings build() {
            return sources.read();
        }

        /** Reads as much as possible and adds all faults to the list, so that the caller can add more. */
        public LlmSettings read(List<ConfigFault> faults) {
            return sources.read(faults);
        }
    }
}
