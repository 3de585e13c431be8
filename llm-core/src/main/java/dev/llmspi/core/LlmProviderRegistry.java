package dev.llmspi.core;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.SpellingHint;
import dev.llmspi.core.call.ActiveCalls;
import dev.llmspi.core.call.RetryingProvider;
import dev.llmspi.core.discovery.ProviderLoader;
import dev.llmspi.core.discovery.ProviderStarter;
import dev.llmspi.core.health.AccountKeys;
import dev.llmspi.core.health.HealthRegistry;
import dev.llmspi.core.health.ProviderHealth;
import dev.llmspi.core.routing.AttemptTarget;
import dev.llmspi.core.routing.DefaultChain;
import dev.llmspi.core.routing.LinkResolver;
import dev.llmspi.core.routing.Router;
import dev.llmspi.core.runtime.ClientRuntime;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProviderSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The providers of an application, which are found in jars, configured, or registered by code. Thread-safe.
 *
 * <p>A registry belongs to a client ({@link LlmClient#registry()}) or stands alone ({@link #create}). It closes the
 * providers that it created. A registered provider must be closed by the code that registered it.
 */
public final class LlmProviderRegistry implements AutoCloseable {

    /** The longest time to wait for all providers to start. */
    static final Duration START_PATIENCE = Duration.ofSeconds(5);

    private final LlmSettings settings;
    private final ActiveCalls calls;
    private final HealthRegistry health;
    private final UnaryOperator<LlmProvider> wrapAttempts;
    private final LinkResolver linkResolver;
    private final boolean standsAlone;
    private final ProviderLoader discovery;
    private final ConcurrentMap<String, RetryingProvider> usable = new ConcurrentHashMap<>();
    private final Map<String, LlmProvider> registered = new ConcurrentHashMap<>();
    private final Map<String, ProviderStatus> statuses = Collections.synchronizedMap(new LinkedHashMap<>());
    /** Access to this list and to {@code released} is synchronized on this list. */
    private final List<LlmProvider> owned = new ArrayList<>();

    private boolean released;

    /** @param standsAlone whether {@link #close} closes the registry; if false, the client closes it */
    LlmProviderRegistry(
            LlmSettings settings, ActiveCalls calls, UnaryOperator<LlmProvider> wrapAttempts, boolean standsAlone) {
        this.settings = settings;
        this.standsAlone = standsAlone;
        this.calls = calls;
        this.health = new HealthRegistry(calls.time(), calls::cooldownChanged);
        this.wrapAttempts = wrapAttempts;
        this.linkResolver = new LinkResolver(settings);
        this.discovery = new ProviderLoader(
                settings, calls.time(), usable::containsKey, this::accountKeys, calls::canFallBack, this::add);
    }

    /**
     * Finds and creates the providers of the settings, as {@link LlmClientBuilder#build} does.
     *
     * @throws LlmConfigException if a block is invalid or its type was not found, but not if only an API key is missing
     */
    public static LlmProviderRegistry create(LlmSettings settings) {
        return LlmClientBuilder.registry(settings, new ArrayList<>());
    }

    /**
     * Reads settings, and finds and creates their providers. One exception lists the faults of the settings and those
     * of the provider blocks.
     */
    public static LlmProviderRegistry create(LlmSettings.Builder sources) {
        List<ConfigFault> faults = new ArrayList<>();
        return LlmClientBuilder.registry(sources.read(faults), faults);
    }

    /** Finds factories, and creates a provider for each block without a registered provider. */
    void discover(@Nullable ClassLoader loader, Duration patience, List<ConfigFault> faults) {
        discovery.run(loader, patience, faults);
    }

    /**
     * Finds the plug-ins in a folder. Each jar or folder of jars is one plug-in and gets its own module layer or class
     * loader. For each new type, this method creates a provider that has the same name and uses the block of that name,
     * if there is one. From then on, {@link CallOptions.Builder#provider} can select it. A plug-in that is broken, or
     * that has not loaded within five seconds, becomes one of the {@link #problems}.
     *
     * @return the names of the new providers, usable or not
     * @throws LlmConfigException if the folder cannot be read, or if the block of a new provider is invalid
     */
    public List<String> discover(Path folder) {
        return discovery.runLater(folder, START_PATIENCE);
    }

    /**
     * Initializes a provider and registers it under its name. From then on, {@link CallOptions.Builder#provider} can
     * select it, but the chains of the client do not change. The caller must close the provider after the registry.
     *
     * @throws IllegalArgumentException if the name is taken. The refused provider is closed, unless it is already
     *     registered under this name or decorates a provider obtained from a registry
     */
    public void register(LlmProvider provider) {
        String name = Objects.requireNonNull(provider.name(), "the name of the provider");
        if (!usable.containsKey(name)) {
            provider.initialize();
            ProviderSettings block = settings.providerSettings(name, provider.type());
            if (usable.putIfAbsent(name, retrying(provider, block, accountKeys(block))) == null) {
                registered.put(name, provider);
                statuses.put(name, new ProviderStatus(name, block.type(), "", true, ""));
                return;
            }
        }
        // Closing a decorator around a provider from a registry would close that provider for all its users.
        if (registered.get(name) != provider
                && provider.as(RetryingProvider.class).isEmpty()) {
            ProviderStarter.closeQuietly(provider);
        }
        throw new IllegalArgumentException("there is a provider \"" + name + "\" already");
    }

    private AccountKeys accountKeys(ProviderSettings block) {
        return new AccountKeys(block.account(), calls::keyUsed, calls::keysAhead);
    }

    /** Records the outcome of starting a provider. A provider that starts slowly can have two outcomes. */
    private void add(ProviderStarter.Outcome outcome) {
        LlmProvider provider = outcome.provider();
        statuses.put(
                outcome.name(),
                new ProviderStatus(outcome.name(), outcome.type(), outcome.jar(), provider != null, outcome.reason()));
        if (provider == null) {
            usable.remove(outcome.name());
            return;
        }
        synchronized (owned) {
            if (released) {
                ProviderStarter.closeQuietly(provider); // the registry was closed before the provider started
                return;
            }
            owned.add(provider);
        }
        usable.put(outcome.name(), retrying(provider, outcome.block(), outcome.accounts()));
    }

    private RetryingProvider retrying(LlmProvider provider, ProviderSettings block, AccountKeys accounts) {
        AttemptTarget target = new AttemptTarget(
                Objects.requireNonNull(wrapAttempts.apply(provider), "a decorator of attempts returned null"),
                block,
                block.timeouts().over(calls.timeouts()),
                new ProviderHealth(block, accounts, provider::endpoint, health));
        return new RetryingProvider(target, calls, linkResolver);
    }

    /**
     * Returns a provider whose calls have retries but no fallback. As in a chain, the agent named in the call context
     * selects the model, settings and timeouts.
     *
     * @throws LlmConfigException if no provider has that name or the provider cannot be used; the message says why
     */
    public LlmProvider get(String name) {
        return usable(name);
    }

    private RetryingProvider usable(String name) {
        RetryingProvider provider = usable.get(name);
        if (provider != null) {
            return provider;
        }
        ProviderStatus status = statuses.get(name);
        throw new LlmConfigException(
                "llm.providers",
                status != null
                        ? "provider \"" + name + "\" cannot be used: " + status.reason()
                        : "there is no provider \"" + name + "\"" + SpellingHint.of(name, names()));
    }

    /**
     * Returns the first usable provider of the default chain, as {@link #get(String)} does.
     *
     * @throws LlmConfigException if no link of the default chain can be used
     */
    public LlmProvider get() {
        for (String name : router().defaultChain()) {
            RetryingProvider provider = usable.get(name);
            if (provider != null) {
                return provider;
            }
        }
        List<ConfigFault> faults = new ArrayList<>();
        router().validate(faults);
        throw new LlmConfigException(
                faults.isEmpty() ? List.of(new ConfigFault("llm.chains.default", "", "no usable provider")) : faults);
    }

    /** The names of all providers, usable or not, in the order of the configuration. */
    public List<String> names() {
        return List.copyOf(statuses.keySet()); // copying from a synchronized map is atomic
    }

    /** All providers that were discovered, configured or registered, and whether they can be used. */
    public List<ProviderStatus> providers() {
        return List.copyOf(statuses.values()).stream().map(this::withModel).toList();
    }

    /** Adds the reason why a usable provider is skipped by calls that do not name a model. */
    private ProviderStatus withModel(ProviderStatus status) {
        RetryingProvider provider = usable.get(status.name());
        String problem = provider == null
                ? ""
                : linkResolver.problemWithoutModel(provider.target()).orElse("");
        return problem.isEmpty() ? status : status.withReason(problem);
    }

    /** The problems found during discovery, such as broken jars and types that several jars offer. */
    public List<DiscoveryProblem> problems() {
        return discovery.problems().stream()
                .map(problem -> new DiscoveryProblem(problem.jar(), problem.cause()))
                .toList();
    }

    AttemptTarget target(String name) {
        return usable(name).target();
    }

    /** The usable providers, in the order of {@link #names}. */
    List<AttemptTarget> targets() {
        return names().stream()
                .map(usable::get)
                .filter(Objects::nonNull)
                .map(RetryingProvider::target)
                .toList();
    }

    /** The router for the providers that are registered now. */
    Router router() {
        return new Router(settings, new Lookup(), DefaultChain.of(settings, names(), registered::containsKey));
    }

    private final class Lookup implements Router.Providers {

        @Override
        public Optional<AttemptTarget> usable(String name) {
            return Optional.ofNullable(usable.get(name)).map(RetryingProvider::target);
        }

        @Override
        public Optional<String> unusableReason(String name) {
            return Optional.ofNullable(statuses.get(name))
                    .map(ProviderStatus::reason)
                    .filter(text -> !text.isEmpty());
        }

        @Override
        public List<String> names() {
            return LlmProviderRegistry.this.names();
        }
    }

    /**
     * Ends the calls of this registry, and closes the providers that it created. Idempotent. Has no effect on the
     * registry of a client, which is closed with the client.
     */
    @Override
    public void close() {
        if (standsAlone) {
            calls.close();
            release();
        }
    }

    /** Closes the providers that this registry created. */
    void release() {
        List<Runnable> actions = new ArrayList<>();
        synchronized (owned) {
            released = true;
            owned.forEach(provider -> actions.add(() -> ProviderStarter.closeQuietly(provider)));
            owned.clear();
        }
        usable.clear();
        actions.add(discovery::close);
        ClientRuntime.runAll(actions);
    }
}
