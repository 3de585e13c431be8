package dev.llmspi.core;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.core.call.JvmTrouble;
import dev.llmspi.core.resilience.Accounts;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Makes the provider of each block by the factory of its type; what is wrong goes into one list. */
final class ProviderMaker {

    /** A provider, the block it was made from, and the accounts of the keys it reads there. */
    record Made(LlmProvider provider, ProviderSettings block, Accounts accounts) {}

    private static final Logger LOG = System.getLogger("dev.llmspi.registry");

    private final LlmSettings settings;
    private final TimeSource time;
    private final FactoryDiscovery discovery;
    private final List<ConfigFault> faults;
    private final Consumer<DiscoveryProblem> problems;

    /**
     * @param faults collects what is wrong with the configuration
     * @param problems collects what is wrong with a jar
     */
    ProviderMaker(
            LlmSettings settings,
            TimeSource time,
            FactoryDiscovery discovery,
            List<ConfigFault> faults,
            Consumer<DiscoveryProblem> problems) {
        this.settings = settings;
        this.time = time;
        this.discovery = discovery;
        this.faults = faults;
        this.problems = problems;
    }

    /**
     * Makes a provider for each block. They start side by side, and are waited for a while; one that takes longer is told of as it
     * is, and once more if it comes to nothing.
     *
     * @param patience how long all of them together are waited for
     * @param result may be called later, by another thread
     */
    void make(
            Collection<ProviderSettings> blocks, Duration patience, BiConsumer<ProviderStatus, Optional<Made>> result) {
        Map<String, ProviderStart> starts = new HashMap<>();
        for (ProviderSettings block : blocks) {
            FactoryFindings.Found found = discovery.factories().get(block.type());
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
        Accounts accounts = new Accounts(block.account());
        ProviderConfig config = new ProviderConfig(
                block.name(), path(block), block.values(), settings::origin, own, time, accounts::watched);
        return ProviderStart.begin(factory, config, own, accounts);
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
            Thread.currentThread().interrupt(); // in a hurry: what is ready is ready
        } catch (TimeoutException e) {
            // the rest goes on
        } catch (ExecutionException e) {
            throw new IllegalStateException("a start told of its failure in the wrong way", e);
        }
    }

    private void started(
            ProviderSettings block, ProviderStart start, BiConsumer<ProviderStatus, Optional<Made>> result) {
        ProviderStart.End end = start.end().getNow(null);
        if (end != null) {
            faults.addAll(end.faults());
            ended(block, start, end, result);
            return;
        }
        LOG.log(Level.WARNING, "provider " + block.name() + " takes long to start; its calls wait for it");
        result.accept(
                status(block, true, ""),
                Optional.of(new Made(new StartingProvider(block, start.end()), block, start.accounts())));
        CompletableFuture<Void> unused = start.end().thenAccept(late -> {
            if (late.usable() == null) {
                late.faults().forEach(fault -> LOG.log(Level.WARNING, fault.toString()));
                ended(block, start, late, result);
            } else {
                LOG.log(Level.INFO, "provider " + block.name() + " has started");
            }
        });
    }

    private void ended(
            ProviderSettings block,
            ProviderStart start,
            ProviderStart.End end,
            BiConsumer<ProviderStatus, Optional<Made>> result) {
        LlmProvider usable = end.usable();
        if (usable != null) {
            result.accept(status(block, true, ""), Optional.of(new Made(usable, block, start.accounts())));
            return;
        }
        if (end.failed()) {
            problems.accept(new DiscoveryProblem(jar(block), block.name() + " " + end.reason()));
        }
        report(block, end.reason(), end.failed());
        LlmProvider useless = end.provider();
        if (useless != null) {
            closeQuietly(useless);
        }
        result.accept(status(block, false, end.why()), Optional.empty());
    }

    private ProviderStatus status(ProviderSettings block, boolean usable, String reason) {
        return new ProviderStatus(block.name(), block.type(), jar(block), usable, reason);
    }

    /** The jar of the block's factory; {@code ""} if there is none. */
    private String jar(ProviderSettings block) {
        FactoryFindings.Found found = discovery.factories().get(block.type());
        return found == null ? "" : found.jar();
    }

    private void unknown(ProviderSettings block, BiConsumer<ProviderStatus, Optional<Made>> result) {
        String path = path(block) + ".type";
        String why = unknownType(block.type());
        faults.add(new ConfigFault(path, settings.origin(path), why));
        result.accept(status(block, false, why), Optional.empty());
    }

    private void report(ProviderSettings block, String reason, boolean failed) {
        if (!reason.isEmpty()) {
            // Without any configuration a missing key is no mishap: the provider just is not meant.
            Level level = settings.providersConfigured() || failed ? Level.WARNING : Level.DEBUG;
            LOG.log(level, "provider " + block.name() + " is left out: " + reason);
        }
    }

    static void closeQuietly(LlmProvider provider) {
        try {
            provider.close();
        } catch (Throwable e) {
            JvmTrouble.rethrow(e);
            LOG.log(Level.WARNING, "provider failed to close", e);
        }
    }

    private String unknownType(String type) {
        if (discovery.twice().containsKey(type)) {
            return "type \"" + type + "\" is offered by several jars and so by none: "
                    + String.join(", ", discovery.twice().get(type));
        }
        List<String> found = new ArrayList<>(discovery.factories().keySet());
        return "unknown type \"" + type + "\"; found: "
                + (found.isEmpty() ? "no provider jar" : String.join(", ", found));
    }
}
