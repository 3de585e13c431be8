package dev.llmspi.core;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.call.ActiveCalls;
import dev.llmspi.core.call.CallListeners;
import dev.llmspi.core.call.ChainProvider;
import dev.llmspi.core.routing.Router;
import dev.llmspi.core.runtime.ClientRuntime;
import dev.llmspi.core.runtime.WorkerThreads;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProviderSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Builds an {@link LlmClient}. Settings come either from one {@link LlmSettings} or from the sources that are added
 * here. If no source is added, the builder reads no file and no environment variable. Not thread-safe.
 */
public final class LlmClientBuilder {

    private final LlmSettings.Builder sources = LlmSettings.builder();
    private @Nullable LlmSettings settings;
    private boolean sourcesAdded;
    private final List<LlmProvider> registered = new ArrayList<>();
    private final List<LlmListener> listeners = new ArrayList<>();
    private @Nullable Executor executor;
    private ThreadFactory threads = task -> WorkerThreads.daemon("llmspi", task);
    private TimeSource timeSource = TimeSource.system();
    private UnaryOperator<LlmProvider> wrapCalls = UnaryOperator.identity();
    private UnaryOperator<LlmProvider> wrapAttempts = UnaryOperator.identity();
    private @Nullable ClassLoader loader;
    private Duration startPatience = LlmProviderRegistry.START_PATIENCE;

    LlmClientBuilder() {}

    /** Uses settings that were built before. {@link #build} fails if sources or values are added as well. */
    public LlmClientBuilder settings(LlmSettings ready) {
        this.settings = Objects.requireNonNull(ready, "ready");
        return this;
    }

    /** Adds {@code application.conf}. See {@link LlmSettings.Builder#application()}. */
    public LlmClientBuilder application() {
        return source(LlmSettings.Builder::application);
    }

    /** Adds a HOCON file. It overrides sources added before. */
    public LlmClientBuilder config(Path file) {
        return source(builder -> builder.config(file));
    }

    /** Adds a HOCON resource. It overrides sources added before. */
    public LlmClientBuilder resource(String name, ClassLoader resourceLoader) {
        return source(builder -> builder.resource(name, resourceLoader));
    }

    private LlmClientBuilder source(Consumer<LlmSettings.Builder> change) {
        change.accept(sources);
        sourcesAdded = true;
        return this;
    }

    /** Adds HOCON text. See {@link LlmSettings.Builder#text}. */
    public LlmClientBuilder text(String hocon, String origin) {
        return source(builder -> builder.text(hocon, origin));
    }

    /** Sets the environment variables to read, such as {@code System.getenv()}. Default: none. */
    public LlmClientBuilder environment(Map<String, String> variables) {
        return source(builder -> builder.environment(variables));
    }

    /** Sets the value of a path, such as {@code llm.retry.max-retries}. See {@link LlmSettings.Builder#set}. */
    public LlmClientBuilder set(String path, Object value) {
        return source(builder -> builder.set(path, value));
    }

    /** Configures a provider whose factory is found in a jar. */
    public LlmClientBuilder provider(String name, Consumer<ProviderSettings.Builder> block) {
        return source(builder -> builder.provider(name, block));
    }

    /**
     * Adds a provider that was created by code. {@link #build} initializes it. The caller must close it after the
     * client, and also if {@code build} fails. A configuration block with the same name can set the retries, timeouts,
     * agents and modes of the provider. Such a block needs no factory. If two providers have the same name,
     * {@code build} fails and closes the second one.
     */
    public LlmClientBuilder provider(LlmProvider provider) {
        registered.add(Objects.requireNonNull(provider, "provider"));
        return this;
    }

    /** Sets a chain. Calls that do not name a chain use the chain {@code default}. */
    public LlmClientBuilder chain(String name, String... providers) {
        return source(builder -> builder.chain(name, providers));
    }

    /** Adds a listener for all calls. */
    public LlmClientBuilder listener(LlmListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Sets the executor for asynchronous calls. The client does not shut it down. Default: virtual threads if the JVM
     * supports them, otherwise a cached pool of daemon threads.
     */
    public LlmClientBuilder executor(Executor threads) {
        this.executor = Objects.requireNonNull(threads, "threads");
        return this;
    }

    /** Sets the source of the current time. Default: the system clock. */
    public LlmClientBuilder timeSource(TimeSource time) {
        this.timeSource = Objects.requireNonNull(time, "time");
        return this;
    }

    /**
     * Adds a decorator around every call, outside retries and fallback, for example for budgets, audit or redaction.
     * The decorator can refuse a call by throwing an exception. The decorator that is added last is the outermost.
     */
    public LlmClientBuilder wrapCalls(UnaryOperator<LlmProvider> decorator) {
        UnaryOperator<LlmProvider> inner = wrapCalls;
        this.wrapCalls = provider -> decorator.apply(inner.apply(provider));
        return this;
    }

    /**
     * Adds a decorator around every attempt, inside retries and health tracking. The decorator that is added last is
     * the outermost. To refuse an attempt, throw an exception with
     * {@link dev.llmspi.api.error.LlmException.Builder#requestSent requestSent(false)}. Any other exception counts as a
     * failure of the provider.
     */
    public LlmClientBuilder wrapAttempts(UnaryOperator<LlmProvider> decorator) {
        UnaryOperator<LlmProvider> inner = wrapAttempts;
        this.wrapAttempts = provider -> decorator.apply(inner.apply(provider));
        return this;
    }

    /**
     * Sets the class loader that is searched for provider jars first, before the library's own and the context class
     * loader.
     */
    public LlmClientBuilder classLoader(ClassLoader first) {
        this.loader = Objects.requireNonNull(first, "first");
        return this;
    }

    /** Sets how long {@link #build} waits for providers to start. Only tests use this. */
    LlmClientBuilder startPatience(Duration patience) {
        this.startPatience = patience;
        return this;
    }

    /** Sets the factory of the threads that supervise calls. Only tests use this. */
    LlmClientBuilder threads(ThreadFactory factory) {
        this.threads = factory;
        return this;
    }

    /**
     * Finds the providers, starts them in parallel, and creates the client. Makes no network call. A provider that
     * needs more than five seconds continues to start in the background. Until it has started, a call uses another link
     * if there is one, or else waits for the provider within its timeouts. If the start fails, the failure is logged
     * and calls skip the provider.
     *
     * @throws LlmConfigException that lists all configuration errors, or the missing settings if no provider can be
     *     used
     * @throws IllegalStateException if existing settings and other sources were both added
     */
    public LlmClient build() {
        if (settings != null && sourcesAdded) {
            throw new IllegalStateException("settings(…) replaces all other sources: put their values into it too");
        }
        List<ConfigFault> faults = new ArrayList<>();
        LlmSettings all = settings != null ? settings : sources.read(faults);
        ClientRuntime runtime = new ClientRuntime(timeSource, all.timeouts(), executor, threads);
        ActiveCalls calls = new ActiveCalls(runtime, CallListeners.load(listeners, loader));
        LlmProviderRegistry registry = new LlmProviderRegistry(all, calls, wrapAttempts, false);
        runtime.onClose(calls::close); // calls must end before their providers are closed
        runtime.onClose(registry::release);
        try {
            for (LlmProvider provider : registered) {
                registry.register(provider);
            }
            registry.discover(loader, startPatience, faults);
            Router router = registry.router();
            router.validate(faults);
            if (!faults.isEmpty()) {
                throw new LlmConfigException(faults);
            }
            router.logWarnings();
            LlmProvider entry = Objects.requireNonNull(
                    wrapCalls.apply(new ChainProvider(calls, router)), "a decorator of calls returned null");
            return new LlmClient(runtime, calls, registry, router, entry);
        } catch (Throwable e) {
            runtime.shutdown(Duration.ZERO);
            throw e;
        }
    }

    /**
     * Creates a registry without a client.
     *
     * @param faults the faults that were found in the settings
     * @throws LlmConfigException that lists these faults and those of the provider blocks
     */
    static LlmProviderRegistry registry(LlmSettings settings, List<ConfigFault> faults) {
        ClientRuntime runtime = new ClientRuntime(TimeSource.system(), settings.timeouts(), null);
        ActiveCalls calls = new ActiveCalls(runtime, CallListeners.load(List.of(), null));
        LlmProviderRegistry registry = new LlmProviderRegistry(settings, calls, UnaryOperator.identity(), true);
        registry.discover(null, LlmProviderRegistry.START_PATIENCE, faults);
        if (!faults.isEmpty()) {
            registry.close();
            throw new LlmConfigException(faults);
        }
        return registry;
    }
}
