package dev.llmspi.core;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.chain.Providers;
import dev.llmspi.core.chain.Router;
import dev.llmspi.core.config.UnknownKeys;
import dev.llmspi.core.resilience.Accounts;
import dev.llmspi.core.resilience.Admission;
import dev.llmspi.core.resilience.HealthBoard;
import dev.llmspi.core.resilience.ResilientProvider;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProviderSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
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
 * The providers of an application: those found in jars and configured, and those registered by code. Safe for use by many
 * threads.
 *
 * <p>Belongs to a client ({@link LlmClient#registry()}) or stands alone ({@link #create}). Closing it closes the providers it
 * made; one that was registered stays its owner's.
 */
public final class LlmProviderRegistry implements AutoCloseable {

    /** How long the start of the providers is waited for, all of them together. */
    static final Duration START_PATIENCE = Duration.ofSeconds(5);

    private final LlmSettings settings;
    private final Engine engine;
    private final HealthBoard health;
    private final UnaryOperator<LlmProvider> wrapAttempts;
    private final boolean standsAlone;
    private final ProviderDiscovery discovery;
    private final ConcurrentMap<String, ResilientProvider> usable = new ConcurrentHashMap<>();
    private final Map<String, ProviderStatus> statuses = Collections.synchronizedMap(new LinkedHashMap<>());
    /** Guarded by itself, as the flag is. */
    private final List<LlmProvider> owned = new ArrayList<>();

    private boolean released;

    /**
     * @param standsAlone whether it is closed by itself, not with a client
     */
    LlmProviderRegistry(
            LlmSettings settings, Engine engine, UnaryOperator<LlmProvider> wrapAttempts, boolean standsAlone) {
        this.settings = settings;
        this.standsAlone = standsAlone;
        this.engine = engine;
        this.health = new HealthBoard(engine.time(), engine.listeners());
        this.wrapAttempts = wrapAttempts;
        this.discovery = new ProviderDiscovery(settings, engine.time(), usable::containsKey, this::add);
    }

    /**
     * Finds and makes the providers of the settings; as {@link LlmClientBuilder#build} does.
     *
     * @throws LlmConfigException if a block is wrong or its type was not found; a provider that merely lacks its key is listed
     *     as unusable instead
     */
    public static LlmProviderRegistry create(LlmSettings settings) {
        List<ConfigFault> faults = new ArrayList<>();
        Engine engine = Engines.create(TimeSource.system(), List.of(), settings, null);
        LlmProviderRegistry registry = new LlmProviderRegistry(settings, engine, UnaryOperator.identity(), true);
        registry.discover(null, START_PATIENCE, faults);
        if (!faults.isEmpty()) {
            registry.close();
            throw new LlmConfigException(faults);
        }
        return registry;
    }

    /** Finds factories and makes the providers of all blocks that no registered provider stands for. */
    void discover(@Nullable ClassLoader loader, Duration patience, List<ConfigFault> faults) {
        discovery.run(loader, patience, faults);
    }

    /**
     * Finds the plug-ins of a folder: each jar in it, and each folder of jars in it, is one, and gets a module layer or a class
     * loader of its own. Makes a provider of each type that is new, under the name of the type, with the block of that name if one
     * is configured. It can be named by {@link CallOptions.Builder#provider} from then on. A plug-in that is broken, or has not
     * loaded within five seconds, is reported among the {@link #problems} and harms nobody.
     *
     * @return the names of the providers that came, usable or not
     * @throws LlmConfigException if the folder cannot be read, or the block of a new provider is wrong
     */
    public List<String> discover(Path folder) {
        return discovery.runLater(folder, START_PATIENCE);
    }

    /**
     * Registers a provider made by code under its name, and initializes it. It can be named by
     * {@link CallOptions.Builder#provider} from then on; chains are those the client was built with. It stays its owner's: closing the registry does not close it.
     *
     * @throws IllegalArgumentException if the name is taken
     */
    public void register(LlmProvider provider) {
        ProviderSettings block = settings.providerSettings(provider.name(), provider.type());
        provider.initialize();
        if (usable.putIfAbsent(provider.name(), resilient(provider, block, new Accounts(block.account()))) != null) {
            throw new IllegalArgumentException("there is a provider \"" + provider.name() + "\" already");
        }
        statuses.put(provider.name(), new ProviderStatus(provider.name(), provider.type(), "", true, ""));
    }

    /** Takes in what the maker made: a provider, or the reason why there is none, or none any more. */
    private void add(ProviderStatus status, Optional<ProviderMaker.Made> made) {
        statuses.put(status.name(), status);
        if (made.isEmpty()) {
            usable.remove(status.name());
            return;
        }
        LlmProvider provider = made.get().provider();
        synchronized (owned) {
            if (released) {
                ProviderMaker.closeQuietly(provider); // it came too late
                return;
            }
            owned.add(provider);
        }
        usable.put(
                status.name(),
                resilient(provider, made.get().block(), made.get().accounts()));
    }

    private ResilientProvider resilient(LlmProvider provider, ProviderSettings block, Accounts accounts) {
        Admission admission = new Admission(block, accounts, provider::endpoint, health);
        return new ResilientProvider(wrapAttempts.apply(provider), block, engine, admission);
    }

    /**
     * A provider with its retries.
     *
     * @throws LlmConfigException if there is none of that name, or it cannot be used; the message says why, and what there is
     */
    public LlmProvider get(String name) {
        return resilient(name);
    }

    ResilientProvider resilient(String name) {
        ResilientProvider provider = usable.get(name);
        if (provider != null) {
            return provider;
        }
        ProviderStatus status = statuses.get(name);
        throw new LlmConfigException(
                "llm.providers",
                status != null
                        ? "provider \"" + name + "\" cannot be used: " + status.reason()
                        : "there is no provider \"" + name + "\"" + UnknownKeys.didYouMean(name, names()));
    }

    /**
     * The preferred provider with its retries: the first usable link of the default chain.
     *
     * @throws LlmConfigException if no link of the default chain can be used
     */
    public LlmProvider get() {
        for (String name : router().defaultChain()) {
            ResilientProvider provider = usable.get(name);
            if (provider != null) {
                return provider;
            }
        }
        List<ConfigFault> faults = new ArrayList<>();
        router().check(faults);
        throw new LlmConfigException(
                faults.isEmpty() ? List.of(new ConfigFault("llm.chains.default", "", "no usable provider")) : faults);
    }

    /** The names of all providers, usable or not, in the order of the configuration. */
    public List<String> names() {
        synchronized (statuses) {
            return List.copyOf(statuses.keySet());
        }
    }

    /** Everything that was discovered, configured or registered, and whether it can be used. */
    public List<ProviderStatus> providers() {
        synchronized (statuses) {
            return List.copyOf(statuses.values());
        }
    }

    /** What was found and could not be used: broken jars, names offered twice. */
    public List<DiscoveryProblem> problems() {
        return discovery.problems();
    }

    /** The providers that can be called, in the order of {@link #names}. */
    List<ResilientProvider> usable() {
        return names().stream().map(usable::get).filter(Objects::nonNull).toList();
    }

    /** The plan maker over what is registered now. */
    Router router() {
        return new Router(settings, lookup(), DefaultChain.of(settings, providers()));
    }

    private Providers lookup() {
        return new Providers() {
            @Override
            public Optional<ResilientProvider> usable(String name) {
                return Optional.ofNullable(usable.get(name));
            }

            @Override
            public Optional<String> unusableReason(String name) {
                return Optional.ofNullable(statuses.get(name))
                        .map(ProviderStatus::reason)
                        .filter(text -> !text.isEmpty());
            }

            @Override
            public Collection<String> names() {
                return LlmProviderRegistry.this.names();
            }
        };
    }

    /**
     * Closes the providers this registry made, and ends their calls. Idempotent. The registry of a client is closed with the client
     * and by nothing else: there this does nothing.
     */
    @Override
    public void close() {
        if (standsAlone) {
            release();
        }
    }

    void release() {
        engine.close();
        List<LlmProvider> closing;
        synchronized (owned) {
            released = true;
            closing = List.copyOf(owned);
            owned.clear();
        }
        usable.clear();
        closing.forEach(ProviderMaker::closeQuietly);
        discovery.close();
    }
}
