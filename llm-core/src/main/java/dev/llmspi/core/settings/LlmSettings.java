package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.config.ConfigTree;
import dev.llmspi.core.config.Hocon;
import dev.llmspi.core.config.HoconException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a client. Immutable. Made from up to three layers: for each path a value set by code wins over the
 * environment, the environment over HOCON; then the more specific path wins. Keys that are not known are refused.
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
    private final Policies policies;
    private final Optional<Path> pluginsDir;
    private final Map<String, ProviderSettings> providers;
    private final boolean providersConfigured;
    private final UnaryOperator<String> origins;

    LlmSettings(
            Optional<String> preferredProvider,
            Map<String, List<LinkSettings>> chains,
            Map<String, Map<String, String>> models,
            Map<String, ProfileSettings> agents,
            Map<String, ProfileSettings> modes,
            TimeoutSettings timeouts,
            Policies policies,
            Optional<Path> pluginsDir,
            Map<String, ProviderSettings> providers,
            boolean providersConfigured,
            UnaryOperator<String> origins) {
        this.preferredProvider = preferredProvider;
        this.chains = Collections.unmodifiableMap(chains);
        this.models = Collections.unmodifiableMap(models);
        this.agents = Collections.unmodifiableMap(agents);
        this.modes = Collections.unmodifiableMap(modes);
        this.timeouts = timeouts;
        this.policies = policies;
        this.pluginsDir = pluginsDir;
        this.providers = Collections.unmodifiableMap(providers);
        this.providersConfigured = providersConfigured;
        this.origins = origins;
    }

    /** {@code application.conf}, found by the context class loader or else ours, and the environment of the process. */
    public static LlmSettings load() {
        return builder().application().environment(System.getenv()).build();
    }

    /** The environment of the process alone. */
    public static LlmSettings fromEnvironment() {
        return builder().environment(System.getenv()).build();
    }

    /** Flat keys such as {@code llm.retry.max-retries}, for frameworks with a configuration of their own. */
    public static LlmSettings of(Map<String, String> flat) {
        Builder builder = builder();
        flat.forEach(builder::set);
        return builder.build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The provider at the front of the default chain. */
    public Optional<String> preferredProvider() {
        return preferredProvider;
    }

    /** The chains by name, as configured; {@code default} may be missing. */
    public Map<String, List<LinkSettings>> chains() {
        return chains;
    }

    /** Model aliases: alias → provider (instance or type) → model. */
    public Map<String, Map<String, String>> models() {
        return models;
    }

    public Map<String, ProfileSettings> agents() {
        return agents;
    }

    public Map<String, ProfileSettings> modes() {
        return modes;
    }

    public TimeoutSettings timeouts() {
        return timeouts;
    }

    public RetrySettings retry() {
        return policies.retry();
    }

    /** The kinds of error after which the next provider is asked. */
    public Set<ErrorKind> fallbackOn() {
        return policies.fallbackOn();
    }

    public CooldownSettings cooldown() {
        return policies.cooldown();
    }

    /** The limits the client sets itself at each provider. */
    public LimitSettings limits() {
        return policies.limits();
    }

    /** The folder to look for plug-ins in. */
    public Optional<Path> pluginsDir() {
        return pluginsDir;
    }

    /** The provider blocks by name, in their order. */
    public Map<String, ProviderSettings> providers() {
        return providers;
    }

    /** Whether blocks were configured; if not, those of {@link #providers()} come from the environment alone. */
    public boolean providersConfigured() {
        return providersConfigured;
    }

    /**
     * The block of a provider that is of the given type, whatever the block says; one with the client's settings if none is
     * configured.
     */
    public ProviderSettings providerSettings(String name, String type) {
        ProviderSettings block = providers.get(name);
        return block != null
                ? block.ofType(type)
                : new ProviderSettings(
                        name, type, null, null, TimeoutSettings.none(), policies, Map.of(), Map.of(), Map.of());
    }

    /** Where the value of a full path stands; {@code ""} if unknown. */
    public String origin(String path) {
        return origins.apply(path);
    }

    /** Does not show values: keys may be among them. */
    @Override
    public String toString() {
        return "LlmSettings[chains=" + chains + ", providers=" + providers.values() + "]";
    }

    /** Collects sources and values, then reads them all. Not safe for use by several threads. */
    public static final class Builder {
        private final List<ConfigFault> early = new ArrayList<>();
        private @Nullable Hocon hocon;
        private Map<String, String> environment = Map.of();
        private final ConfigTree code = ConfigTree.empty();

        private Builder() {}

        /** Adds {@code application.conf} from the context class loader or else ours, and system properties over it. */
        public Builder application() {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            return application(context != null ? context : LlmSettings.class.getClassLoader());
        }

        /** Adds {@code application.conf} from the given class loader, and system properties over it. */
        public Builder application(ClassLoader loader) {
            return add(() -> Hocon.application(loader));
        }

        /** Adds a HOCON file; it wins over what was added before. */
        public Builder config(Path file) {
            return add(() -> Hocon.file(file));
        }

        /** Adds a HOCON resource; it wins over what was added before. */
        public Builder resource(String name, ClassLoader loader) {
            return add(() -> Hocon.resource(name, loader));
        }

        /**
         * Adds HOCON text; it wins over what was added before.
         *
         * @param origin what faults in it are said to stand in
         */
        public Builder text(String hocon, String origin) {
            return add(() -> Hocon.text(hocon, origin));
        }

        /** The variables, for those in the table of docs/configuration.md and for substitutions in HOCON. Default: none. */
        public Builder environment(Map<String, String> variables) {
            this.environment = Map.copyOf(variables);
            return this;
        }

        /**
         * Sets one path.
         *
         * @param path such as {@code llm.retry.max-retries}; a key with dots stands in double quotes
         * @param value a text as HOCON would have it, or typed: Number, Boolean, Duration, List, Map, Credential
         */
        public Builder set(String path, Object value) {
            Objects.requireNonNull(value, path);
            return set(path, value, "set by code");
        }

        /**
         * Sets one path; for frameworks with a configuration of their own.
         *
         * @param origin where the value stands, for faults
         */
        public Builder set(String path, Object value, String origin) {
            List<String> keys = keys(path);
            if (!keys.get(0).equals("llm") || keys.size() < 2) {
                throw new LlmConfigException(path, "must begin with \"llm.\"");
            }
            code.put(keys, value, origin);
            return this;
        }

        private static List<String> keys(String path) {
            try {
                return Hocon.keys(path);
            } catch (HoconException e) {
                throw new LlmConfigException(path, String.valueOf(e.getMessage()));
            }
        }

        /** Sets keys of a provider's block. */
        public Builder provider(String name, Consumer<ProviderSettings.Builder> block) {
            ProviderSettings.Builder builder = new ProviderSettings.Builder();
            block.accept(builder);
            code.put(List.of("llm", "providers", name), builder.keys(), "set by code");
            return this;
        }

        /** Sets a chain of provider names. */
        public Builder chain(String name, String... providers) {
            code.put(List.of("llm", "chains", name), Arrays.asList(providers), "set by code");
            return this;
        }

        /** Sets the retries for all providers that have none of their own. */
        public Builder retry(RetrySettings retry) {
            set("llm.retry.max-retries", retry.maxRetries());
            set("llm.retry.delay", retry.delay());
            set("llm.retry.max-delay", retry.maxDelay());
            set("llm.retry.max-retry-after", retry.maxRetryAfter());
            set("llm.retry.max-wait-before-next", retry.maxWaitBeforeNext());
            set("llm.retry.max-after-timeout", retry.maxAfterTimeout());
            set("llm.retry.budget", retry.budget());
            return set("llm.retry.on", retry.on().stream().map(ErrorKind::id).toList());
        }

        /** Sets all clocks. */
        public Builder timeouts(TimeoutSettings timeouts) {
            set("llm.timeouts.connect", timeouts.connect());
            set("llm.timeouts.first-token", timeouts.firstToken());
            set("llm.timeouts.idle", timeouts.idle());
            set("llm.timeouts.attempt", timeouts.attempt());
            return set("llm.timeouts.total", timeouts.total());
        }

        /** Sets the total clock: everything, the whole chain. */
        public Builder totalTimeout(Duration limit) {
            return set("llm.timeouts.total", limit);
        }

        /** @throws LlmConfigException listing everything that is wrong */
        public LlmSettings build() {
            List<ConfigFault> faults = new ArrayList<>();
            LlmSettings settings = read(faults);
            if (!faults.isEmpty()) {
                throw new LlmConfigException(faults);
            }
            return settings;
        }

        /**
         * Reads as far as possible and adds what is wrong to the list instead of throwing: for those who have more to check
         * before they report.
         */
        public LlmSettings read(List<ConfigFault> faults) {
            faults.addAll(early);
            ConfigTree text = ConfigTree.empty();
            try {
                text = hocon == null ? text : hocon.tree("llm", environment);
            } catch (HoconException e) {
                faults.add(new ConfigFault("llm", e.origin(), String.valueOf(e.getMessage())));
            }
            ConfigTree configured = code.over(text);
            boolean providersConfigured = !configured.object("llm", "providers").isEmpty();
            ConfigTree variables = EnvironmentVariables.layer(environment, faults);
            if (providersConfigured) {
                // A variable belongs to the block of its name; it does not make one where others are configured.
                variables
                        .object("llm", "providers")
                        .keySet()
                        .retainAll(configured.object("llm", "providers").keySet());
            }
            ConfigTree all = code.over(variables.over(text));
            return new SettingsReader(all, faults).read(providersConfigured);
        }

        private Builder add(Supplier<Hocon> source) {
            try {
                Hocon upper = source.get();
                hocon = hocon == null ? upper : upper.over(hocon);
            } catch (HoconException e) {
                early.add(new ConfigFault("llm", e.origin(), String.valueOf(e.getMessage())));
            }
            return this;
        }
    }
}
