package dev.llmspi.core.discovery;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.core.health.AccountKeys;
import dev.llmspi.core.runtime.FatalErrors;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProviderSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Starts a provider for each configuration block, using the factory for its type. Collects all faults. */
public final class ProviderStarter {

    /**
     * The outcome of starting a provider.
     *
     * @param name the name of the provider
     * @param type the type of the provider
     * @param jar the jar or folder that contains the factory; {@code ""} if there is no factory
     * @param reason why the provider cannot be used; {@code ""} if it can be used
     * @param provider the provider, or null if it cannot be used
     * @param block the settings from which the provider was created
     * @param accounts the accounts of the API keys that the provider reads
     */
    public record Outcome(
            String name,
            String type,
            String jar,
            String reason,
            @Nullable LlmProvider provider,
            ProviderSettings block,
            AccountKeys accounts) {}

    private static final Logger LOG = System.getLogger("dev.llmspi.registry");

    /** Covers an application in one jar too: if no service file is left in it, no provider is found. */
    private static final String NO_JAR =
            "no provider jar; in an application that is packed into one jar, keep and merge META-INF/services";

    private final LlmSettings settings;
    private final TimeSource time;
    private final FactoryDiscovery discovery;
    private final Function<ProviderSettings, AccountKeys> accounts;
    private final Predicate<CallContext> canFallBack;
    private final List<ConfigFault> faults;
    private final Consumer<DiscoveryResult.Problem> problems;

    /**
     * @param accounts creates the object that distinguishes the accounts of a block
     * @param canFallBack tests whether a call can use another provider instead of waiting for one that starts slowly
     * @param faults the list to which configuration faults are added
     * @param problems receives the problems with jars
     */
    ProviderStarter(
            LlmSettings settings,
            TimeSource time,
            FactoryDiscovery discovery,
            Function<ProviderSettings, AccountKeys> accounts,
            Predicate<CallContext> canFallBack,
            List<ConfigFault> faults,
            Consumer<DiscoveryResult.Problem> problems) {
        this.settings = settings;
        this.time = time;
        this.discovery = discovery;
        this.accounts = accounts;
        this.canFallBack = canFallBack;
        this.faults = faults;
        this.problems = problems;
    }

    /**
     * Starts the providers of all blocks in parallel and waits for them. A provider that takes longer is reported as
     * usable, and is reported again as unusable if its start fails later.
     *
     * @param patience the longest time to wait for all providers together
     * @param result receives the outcomes; it may be called later on another thread
     */
    void make(Collection<ProviderSettings> blocks, Duration patience, Consumer<Outcome> result) {
        Map<String, ProviderStart> starts = new HashMap<>();
        for (ProviderSettings block : blocks) {
            DiscoveryResult.Found found = discovery.factories().get(block.type());
            if (found != null) {
                starts.put(block.name(), start(block, found.factory()));
            }
        }
        awaitAll(starts.values(), patience);
        for (ProviderSettings block : blocks) {
            ProviderStart start = starts.get(block.name());
            if (start == null) {
                unknown(block, result);
            } else {
                started(block, start, result);
            }
        }
    }

    private ProviderStart start(ProviderSettings block, LlmProviderFactory factory) {
        List<ConfigFault> own = new ArrayList<>();
        AccountKeys keys = accounts.apply(block);
        ProviderConfig config = new ProviderConfig(
                block.name(), path(block), block.values(), settings::origin, own, time, keys::watched);
        return ProviderStart.begin(factory, config, own, keys);
    }

    private static String path(ProviderSettings block) {
        return "llm.providers." + block.name();
    }

    private static void awaitAll(Collection<ProviderStart> starts, Duration patience) {
        List<CompletableFuture<ProviderStart.End>> ends = new ArrayList<>();
        for (ProviderStart start : starts) {
            ends.add(start.end());
        }
        try {
            CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]))
                    .get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // an interrupted thread must not wait any longer
        } catch (TimeoutException e) {
            // starts that have not ended continue in the background
        } catch (ExecutionException e) {
            throw new IllegalStateException("a start must not complete exceptionally", e);
        }
    }

    private void started(ProviderSettings block, ProviderStart start, Consumer<Outcome> result) {
        ProviderStart.End end = start.end().getNow(null);
        if (end != null) {
            faults.addAll(end.faults());
            ended(block, start, end, result);
            return;
        }
        LOG.log(Level.WARNING, "provider " + block.name() + " takes long to start; its calls wait for it");
        result.accept(usable(block, new StartingProvider(block, start.end(), canFallBack), start.accounts()));
        CompletableFuture<Void> unused = start.end().thenAccept(late -> {
            if (late.usable() == null) {
                late.faults().forEach(fault -> LOG.log(Level.WARNING, fault.toString()));
                ended(block, start, late, result);
            } else {
                LOG.log(Level.INFO, "provider " + block.name() + " has started");
            }
        });
    }

    private void ended(ProviderSettings block, ProviderStart start, ProviderStart.End end, Consumer<Outcome> result) {
        LlmProvider usable = end.usable();
        if (usable != null) {
            result.accept(usable(block, usable, start.accounts()));
            return;
        }
        if (end.failed()) {
            problems.accept(new DiscoveryResult.Problem(jar(block), block.name() + " " + end.reason()));
        }
        report(block, end.reason(), end.failed());
        LlmProvider useless = end.provider();
        if (useless != null) {
            closeQuietly(useless);
        }
        result.accept(unusable(block, end.why()));
    }

    private Outcome usable(ProviderSettings block, LlmProvider provider, AccountKeys keys) {
        return new Outcome(block.name(), block.type(), jar(block), "", provider, block, keys);
    }

    private Outcome unusable(ProviderSettings block, String reason) {
        return new Outcome(block.name(), block.type(), jar(block), reason, null, block, accounts.apply(block));
    }

    /** Returns the jar that contains the factory for a block, or {@code ""} if there is no factory. */
    private String jar(ProviderSettings block) {
        DiscoveryResult.Found found = discovery.factories().get(block.type());
        return found == null ? "" : found.jar();
    }

    private void unknown(ProviderSettings block, Consumer<Outcome> result) {
        String path = path(block) + ".type";
        String why = unknownType(block.type());
        faults.add(new ConfigFault(path, settings.origin(path), why));
        result.accept(unusable(block, why));
    }

    private void report(ProviderSettings block, String reason, boolean failed) {
        if (!reason.isEmpty()) {
            // If neither a block nor a chain names the provider, a missing key only means that it is not wanted.
            boolean preferred = settings.prefers(block.name());
            boolean wanted = settings.providersConfigured() || failed || preferred || isLink(block.name());
            Level level = wanted ? Level.WARNING : Level.DEBUG;
            LOG.log(
                    level,
                    (preferred ? "the preferred provider " : "provider ") + block.name() + " is left out: " + reason);
        }
    }

    /** Whether a chain names a provider that has some settings. Without any, the name is a configuration fault. */
    private boolean isLink(String name) {
        return settings.providers().containsKey(name)
                && settings.chains().values().stream().flatMap(List::stream).anyMatch(link -> link.provider()
                        .equals(name));
    }

    public static void closeQuietly(LlmProvider provider) {
        try {
            provider.close();
        } catch (Throwable e) {
            FatalErrors.rethrow(e);
            LOG.log(Level.WARNING, "provider failed to close", e);
        }
    }

    private String unknownType(String type) {
        if (discovery.twice().containsKey(type)) {
            return "type \"" + type + "\" is offered by several jars and so by none: "
                    + String.join(", ", discovery.twice().get(type));
        }
        List<String> found = new ArrayList<>(discovery.factories().keySet());
        String packed = discovery.packedHint();
        return "unknown type \"" + type + "\"; found: "
                + (found.isEmpty() ? NO_JAR : String.join(", ", found))
                + (packed.isEmpty() ? "" : "; " + packed);
    }
}
