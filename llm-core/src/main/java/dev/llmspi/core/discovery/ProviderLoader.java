package dev.llmspi.core.discovery;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.health.AccountKeys;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProviderSettings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds factories on the module path, on the class path and in plug-in folders, and starts the providers of all
 * configuration blocks. It records the jar of each provider type and the problems with unusable jars.
 */
public final class ProviderLoader implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.llmspi.registry");

    private final LlmSettings settings;
    private final TimeSource time;
    private final Predicate<String> taken;
    private final Function<ProviderSettings, AccountKeys> accounts;
    private final Predicate<CallContext> canFallBack;
    private final Consumer<ProviderStarter.Outcome> result;
    private final List<DiscoveryResult.Problem> problems = new CopyOnWriteArrayList<>();
    private final List<Plugin> plugins = new CopyOnWriteArrayList<>();
    /** The jar of each provider type. */
    private final Map<String, String> types = new ConcurrentHashMap<>();

    /**
     * @param taken tests whether a usable provider already has the given name
     * @param accounts creates the object that distinguishes the accounts of a block
     * @param canFallBack tests whether a call can use another provider instead of waiting for one that starts slowly
     * @param result receives the outcomes; it may be called later on another thread
     */
    public ProviderLoader(
            LlmSettings settings,
            TimeSource time,
            Predicate<String> taken,
            Function<ProviderSettings, AccountKeys> accounts,
            Predicate<CallContext> canFallBack,
            Consumer<ProviderStarter.Outcome> result) {
        this.settings = settings;
        this.time = time;
        this.taken = taken;
        this.accounts = accounts;
        this.canFallBack = canFallBack;
        this.result = result;
    }

    /** Returns the problems found during discovery. */
    public List<DiscoveryResult.Problem> problems() {
        return List.copyOf(problems);
    }

    /** Finds factories, and starts a provider for each block without a registered provider. */
    public void run(@Nullable ClassLoader loader, Duration patience, List<ConfigFault> faults) {
        List<DiscoveryResult> findings = new ArrayList<>();
        findings.add(FactoryDiscovery.onPath(loader));
        List<PluginScan.Look> late = List.of();
        if (!settings.pluginFolders().isEmpty()) {
            late = scan(settings.pluginFolders(), findings, patience, faults);
        }
        FactoryDiscovery discovery = FactoryDiscovery.of(findings);
        take(discovery);
        maker(discovery, faults).make(blocks(discovery), patience, result);
        if (settings.providersConfigured()) {
            for (DiscoveryResult.Found found : discovery.factories().values()) {
                if (!isConfigured(found.name())) {
                    notConfigured(found);
                }
            }
        }
        for (PluginScan.Look look : late) {
            CompletableFuture<Void> unused = look.end().thenAccept(this::joinLate);
        }
    }

    /**
     * Searches plug-in folders, adds the results that arrive in time to the list, and returns the searches that are
     * still running.
     */
    private List<PluginScan.Look> scan(
            List<Path> folders, List<DiscoveryResult> findings, Duration patience, List<ConfigFault> faults) {
        String key = "llm.plugins.dir";
        PluginScan scan = PluginScan.begin(
                folders,
                folder -> faults.add(
                        new ConfigFault(key, settings.origin(key), "cannot be read as a folder: " + folder)));
        plugins.addAll(scan.plugins());
        Set<String> needed = new HashSet<>();
        settings.providers().values().forEach(block -> needed.add(block.type()));
        Set<String> known = new HashSet<>();
        findings.forEach(path -> path.found().forEach(found -> known.add(found.name())));
        scan.await(settings.providersConfigured() ? needed : Set.of(), known, patience);
        scan.looks(true).forEach(look -> findings.add(look.end().join()));
        findings.forEach(path -> path.found().forEach(found -> needed.remove(found.name())));
        // A plug-in that no block needs is hardly waited for, so that it is late is worth no warning.
        Level level = settings.providersConfigured() && needed.isEmpty() ? Level.DEBUG : Level.WARNING;
        scan.looks(false)
                .forEach(look -> LOG.log(level, "plug-in " + look.plugin() + " takes long to load; it may join later"));
        return scan.looks(false);
    }

    /** Records the problems and the jar of each type. */
    private void take(FactoryDiscovery discovery) {
        for (DiscoveryResult.Problem problem : discovery.problems()) {
            report(problem);
        }
        for (DiscoveryResult.Found found : discovery.factories().values()) {
            types.put(found.name(), found.jar());
        }
    }

    private void report(DiscoveryResult.Problem problem) {
        problems.add(problem);
        LOG.log(Level.WARNING, "not usable: " + problem.jar() + ": " + problem.cause());
    }

    private ProviderStarter maker(FactoryDiscovery discovery, List<ConfigFault> faults) {
        return new ProviderStarter(settings, time, discovery, accounts, canFallBack, faults, problems::add);
    }

    /**
     * Returns the blocks for which to start a provider. These are the configured blocks, or else one block for each
     * type that was found.
     */
    private List<ProviderSettings> blocks(FactoryDiscovery discovery) {
        List<ProviderSettings> blocks = new ArrayList<>();
        if (settings.providersConfigured()) {
            blocks.addAll(settings.providers().values());
        } else {
            for (String type : discovery.factories().keySet()) {
                blocks.add(settings.providerSettings(type, type));
            }
            warnOfLostProviders(discovery);
        }
        blocks.removeIf(block -> taken.test(block.name()));
        return blocks;
    }

    /** Reports variables of providers that were probably lost when the application was packed into one jar. */
    private void warnOfLostProviders(FactoryDiscovery discovery) {
        String packed = discovery.packedHint();
        for (String name : settings.providers().keySet()) {
            if (!packed.isEmpty() && !discovery.factories().containsKey(name)) {
                LOG.log(
                        Level.WARNING,
                        "provider " + name + " has settings, but is left out, because its factory was not found; "
                                + packed);
            }
        }
    }

    private boolean isConfigured(String type) {
        for (ProviderSettings block : settings.providers().values()) {
            if (block.type().equals(type)) {
                return true;
            }
        }
        return false;
    }

    private void notConfigured(DiscoveryResult.Found found) {
        if (settings.providers().containsKey(found.name())) {
            return; // a block of another type has that name
        }
        String how = "is not configured: add a block with type = " + found.name() + " to llm.providers";
        if (settings.prefers(found.name())) {
            LOG.log(Level.WARNING, "the preferred provider " + found.name() + " is left out: it " + how);
        }
        ProviderSettings block = settings.providerSettings(found.name(), found.name());
        result.accept(new ProviderStarter.Outcome(
                found.name(), found.name(), found.jar(), how, null, block, accounts.apply(block)));
    }

    /** Adds a plug-in that was slow to load. Its providers are started only if no provider is configured. */
    private void joinLate(DiscoveryResult findings) {
        List<ProviderSettings> fresh = join(findings).stream()
                .map(found -> settings.providerSettings(found.name(), found.name()))
                .toList();
        if (!settings.providersConfigured() && !fresh.isEmpty()) {
            maker(FactoryDiscovery.of(List.of(findings)), new ArrayList<>()).make(fresh, Duration.ZERO, result);
        }
    }

    /** Adds a search result that arrived later. A type that is already known keeps its jar. */
    private List<DiscoveryResult.Found> join(DiscoveryResult findings) {
        findings.problems().forEach(this::report);
        List<DiscoveryResult.Found> fresh = new ArrayList<>();
        for (DiscoveryResult.Found found : findings.found()) {
            String taken = types.putIfAbsent(found.name(), found.jar());
            if (taken == null) {
                fresh.add(found);
                notConfigured(found);
            } else {
                report(new DiscoveryResult.Problem(
                        found.jar(),
                        "offers a provider of type \"" + found.name() + "\", which " + taken + " does too"));
            }
        }
        return fresh;
    }

    /**
     * Finds the plug-ins in a folder after the client has started, and starts a provider for each new type.
     *
     * @return the names of the new providers
     */
    public List<String> runLater(Path folder, Duration patience) {
        List<ConfigFault> faults = new ArrayList<>();
        List<DiscoveryResult> all = new ArrayList<>();
        scan(List.of(folder), all, patience, faults)
                .forEach(
                        look -> report(new DiscoveryResult.Problem(look.plugin().toString(), "did not load in time")));
        FactoryDiscovery discovery = FactoryDiscovery.of(all);
        DiscoveryResult fresh = new DiscoveryResult();
        discovery.problems().forEach(fresh::add);
        discovery.factories().values().forEach(fresh::add);
        List<ProviderSettings> blocks = join(fresh).stream()
                .map(found -> settings.providerSettings(found.name(), found.name()))
                .filter(block -> !taken.test(block.name()))
                .toList();
        maker(discovery, faults).make(blocks, patience, result);
        if (!faults.isEmpty()) {
            throw new LlmConfigException(faults);
        }
        return blocks.stream().map(ProviderSettings::name).toList();
    }

    /** Closes the plug-ins. */
    @Override
    public void close() {
        for (Plugin plugin : plugins) {
            try {
                plugin.close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "plug-in " + plugin + " failed to close", e);
            }
        }
        plugins.clear();
    }
}
