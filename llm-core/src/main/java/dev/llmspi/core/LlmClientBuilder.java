package dev.llmspi.core;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.async.WorkerThreads;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.chain.FallbackChain;
import dev.llmspi.core.chain.Router;
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
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Builds an {@link LlmClient}. Settings come from one {@link LlmSettings}, or from the sources named here; the builder reads
 * neither files nor environment unless told to. Not safe for use by several threads.
 */
public final class LlmClientBuilder {

    private final LlmSettings.Builder sources = LlmSettings.builder();
    private @Nullable LlmSettings settings;
    private boolean sourcesNamed;
    private final List<LlmProvider> registered = new ArrayList<>();
    private final List<LlmListener> listeners = new ArrayList<>();
    private @Nullable Executor executor;
    private TimeSource timeSource = TimeSource.system();
    private UnaryOperator<LlmProvider> wrapCalls = UnaryOperator.identity();
    private UnaryOperator<LlmProvider> wrapAttempts = UnaryOperator.identity();
    private @Nullable ClassLoader loader;
    private Duration startPatience = LlmProviderRegistry.START_PATIENCE;

    LlmClientBuilder() {}

    /** Takes ready settings, instead of naming sources and values here: {@link #build} refuses both together. */
    public LlmClientBuilder settings(LlmSettings ready) {
        this.settings = Objects.requireNonNull(ready, "ready");
        return this;
    }

    /** Adds {@code application.conf}; see {@link LlmSettings.Builder#application()}. */
    public LlmClientBuilder application() {
        return source(LlmSettings.Builder::application);
    }

    /** Adds a HOCON file. */
    public LlmClientBuilder config(Path file) {
        return source(builder -> builder.config(file));
    }

    /** Adds a HOCON resource. */
    public LlmClientBuilder resource(String name, ClassLoader resourceLoader) {
        return source(builder -> builder.resource(name, resourceLoader));
    }

    private LlmClientBuilder source(Consumer<LlmSettings.Builder> change) {
        change.accept(sources);
        sourcesNamed = true;
        return this;
    }

    /** Adds HOCON text; see {@link LlmSettings.Builder#text}. */
    public LlmClientBuilder text(String hocon, String origin) {
        return source(builder -> builder.text(hocon, origin));
    }

    /** Sets the environment variables to read, such as {@code System.getenv()}. Default: none. */
    public LlmClientBuilder environment(Map<String, String> variables) {
        return source(builder -> builder.environment(variables));
    }

    /** Sets one path, such as {@code llm.retry.max-retries}; see {@link LlmSettings.Builder#set}. */
    public LlmClientBuilder set(String path, Object value) {
        return source(builder -> builder.set(path, value));
    }

    /** Configures a provider whose factory is found in a jar. */
    public LlmClientBuilder provider(String name, Consumer<ProviderSettings.Builder> block) {
        return source(builder -> builder.provider(name, block));
    }

    /**
     * Adds a provider made by code; it stays its owner's and is not closed with the client. A block of its name in the
     * configuration gives it retries, clocks, agents and modes, and needs no factory.
     */
    public LlmClientBuilder provider(LlmProvider provider) {
        registered.add(Objects.requireNonNull(provider, "provider"));
        return this;
    }

    /** Sets a chain; {@code default} is the one that is used when nothing names another. */
    public LlmClientBuilder chain(String name, String... providers) {
        return source(builder -> builder.chain(name, providers));
    }

    /** Adds a listener for all calls. */
    public LlmClientBuilder listener(LlmListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Where asynchronous calls run; it stays its owner's. Default: virtual threads where the JVM has them, else a cached pool of
     * daemon threads.
     */
    public LlmClientBuilder executor(Executor threads) {
        this.executor = Objects.requireNonNull(threads, "threads");
        return this;
    }

    /** The clock. Default: that of the machine. */
    public LlmClientBuilder timeSource(TimeSource time) {
        this.timeSource = Objects.requireNonNull(time, "time");
        return this;
    }

    /**
     * Puts a decorator around every call, outside retries and fallback: for budgets, audit, redaction. It may refuse a call by
     * throwing. Several go around each other, the last one outermost.
     */
    public LlmClientBuilder wrapCalls(UnaryOperator<LlmProvider> decorator) {
        UnaryOperator<LlmProvider> inner = wrapCalls;
        this.wrapCalls = provider -> decorator.apply(inner.apply(provider));
        return this;
    }

    /**
     * Puts a decorator around every single attempt, inside retries and health; else like {@link #wrapCalls}. One that refuses says so
     * with {@link dev.llmspi.api.error.LlmException.Builder#requestSent requestSent(false)}; any other exception is taken for a
     * fault of the provider.
     */
    public LlmClientBuilder wrapAttempts(UnaryOperator<LlmProvider> decorator) {
        UnaryOperator<LlmProvider> inner = wrapAttempts;
        this.wrapAttempts = provider -> decorator.apply(inner.apply(provider));
        return this;
    }

    /** The class loader to look for provider jars with first, before ours and the thread's. */
    public LlmClientBuilder classLoader(ClassLoader first) {
        this.loader = Objects.requireNonNull(first, "first");
        return this;
    }

    /** For tests of what starts slowly. */
    LlmClientBuilder startPatience(Duration patience) {
        this.startPatience = patience;
        return this;
    }

    /**
     * Finds the providers, makes and initializes them side by side, and makes the client. No network call. A provider that has not
     * started after five seconds goes on starting: a call that can ask another one goes on to that, any other waits for it within its
     * clocks. If it comes to nothing after all, it leaves its chains, and is reported.
     *
     * @throws LlmConfigException listing everything that is wrong, or saying what to set if no provider can be used
     * @throws IllegalStateException if both ready settings and other sources were given
     */
    public LlmClient build() {
        if (settings != null && sourcesNamed) {
            throw new IllegalStateException("settings(…) stands for all other sources: put the rest into it too");
        }
        List<ConfigFault> faults = new ArrayList<>();
        LlmSettings all = settings != null ? settings : sources.read(faults);
        Engine engine = Engines.create(timeSource, listeners, all, loader);
        LlmProviderRegistry registry = new LlmProviderRegistry(all, engine, wrapAttempts, false);
        try {
            for (LlmProvider provider : registered) {
                registry.register(provider);
            }
            registry.discover(loader, startPatience, faults);
            Router router = registry.router();
            router.check(faults);
            if (!faults.isEmpty()) {
                throw new LlmConfigException(faults);
            }
            LlmProvider entry = wrapCalls.apply(new FallbackChain(engine, router));
            return new LlmClient(
                    new ClientParts(engine, registry, router, entry, executor, WorkerThreads::create),
                    CallOptions.none());
        } catch (RuntimeException e) {
            registry.release();
            throw e;
        }
    }
}
