package dev.llmspi.core;

import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.plugin.Plugin;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProviderSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds factories on the path and in plug-in folders, and has the providers of all blocks made. Knows which type came from which
 * jar, and what was wrong with the others.
 */
final class ProviderDiscovery implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.llmspi.registry");

    private final LlmSettings settings;
    private final TimeSource time;
    private final Predicate<String> taken;
    private final BiConsumer<ProviderStatus, Optional<ProviderMaker.Made>> result;
    private final List<DiscoveryProblem> problems = new CopyOnWriteArrayList<>();
    private final List<Plugin> plugins = new CopyOnWriteArrayList<>();
    /** The jar of each type. */
    private final Map<String, String> types = new ConcurrentHashMap<>();

    /**
     * @param taken whether there is a provider of that name already
     * @param result takes in what comes; may be called later, by another thread
     */
    ProviderDiscovery(
            LlmSettings settings,
            TimeSource time,
            Predicate<String> taken,
            BiConsumer<ProviderStatus, Optional<ProviderMaker.Made>> result) {
        this.settings = settings;
        this.time = time;
        this.taken = taken;
        this.result = result;
    }

    /** What was found and could not be used. */
    List<DiscoveryProblem> problems() {
        return List.copyOf(problems);
    }

    /** Finds factories and makes the providers of all blocks that no registered provider stands for. */
    void run(@Nullable ClassLoader loader, Duration patience, List<ConfigFault> faults) {
        List<FactoryFindings> findings = new ArrayList<>();
        findings.add(FactoryDiscovery.onPath(loader));
        List<PluginScan.Look> late = List.of();
        Optional<Path> folder = settings.pluginsDir();
        if (folder.isPresent()) {
            late = scan(folder.get(), findings, patience, faults);
        }
        FactoryDiscovery discovery = FactoryDiscovery.of(findings);
        take(discovery);
        maker(discovery, faults).make(blocks(discovery), patience, result);
        if (settings.providersConfigured()) {
            for (FactoryFindings.Found found : discovery.factories().values()) {
                if (!isConfigured(found.name())) {
                    notConfigured(found);
                }
            }
        }
        for (PluginScan.Look look : late) {
            CompletableFuture<Void> unused = look.end().thenAccept(this::joinLate);
        }
    }

    /** Looks into a plug-in folder, and adds what is found in time to the list; the rest is the result. */
    private List<PluginScan.Look> scan(
            Path folder, List<FactoryFindings> findings, Duration patience, List<ConfigFault> faults) {
        PluginScan scan;
        try {
            scan = PluginScan.begin(folder);
        } catch (UncheckedIOException e) {
            String path = "llm.plugins.dir";
            faults.add(new ConfigFault(path, settings.origin(path), "cannot be read as a folder: " + folder));
            return List.of();
        }
        plugins.addAll(scan.plugins());
        Set<String> needed = new HashSet<>();
        settings.providers().values().forEach(block -> needed.add(block.type()));
        Set<String> known = new HashSet<>();
        findings.forEach(path -> path.found().forEach(found -> known.add(found.name())));
        scan.await(settings.providersConfigured() ? needed : Set.of(), known, patience);
        scan.looks(true).forEach(look -> findings.add(look.end().join()));
        scan.looks(false)
                .forEach(look ->
                        LOG.log(Level.WARNING, "plug-in " + look.plugin() + " takes long to load; it may join later"));
        return scan.looks(false);
    }

    /** Notes what is wrong and which types are taken. */
    private void take(FactoryDiscovery discovery) {
        for (DiscoveryProblem problem : discovery.problems()) {
            report(problem);
        }
        for (FactoryFindings.Found found : discovery.factories().values()) {
            types.put(found.name(), found.jar());
        }
    }

    private void report(DiscoveryProblem problem) {
        problems.add(problem);
        LOG.log(Level.WARNING, "not usable: " + problem.jar() + ": " + problem.cause());
    }

    private ProviderMaker maker(FactoryDiscovery discovery, List<ConfigFault> faults) {
        return new ProviderMaker(settings, time, discovery, faults, problems::add);
    }

    /** The blocks to make a provider of: those configured, or one for each type that was found. */
    private List<ProviderSettings> blocks(FactoryDiscovery discovery) {
        List<ProviderSettings> blocks = new ArrayList<>();
        if (settings.providersConfigured()) {
            blocks.addAll(settings.providers().values());
        } else {
            for (String type : discovery.factories().keySet()) {
                blocks.add(settings.providerSettings(type, type));
            }
        }
        blocks.removeIf(block -> taken.test(block.name()));
        return blocks;
    }

    private boolean isConfigured(String type) {
        for (ProviderSettings block : settings.providers().values()) {
            if (block.type().equals(type)) {
                return true;
            }
        }
        return false;
    }

    private void notConfigured(FactoryFindings.Found found) {
        if (settings.providers().containsKey(found.name())) {
            return; // that name is a block's, of another type
        }
        String how = "is not configured: add a block with type = " + found.name() + " to llm.providers";
        result.accept(new ProviderStatus(found.name(), found.name(), found.jar(), false, how), Optional.empty());
    }

    /** A plug-in that took long to load: nothing that is configured needs it. */
    private void joinLate(FactoryFindings findings) {
        List<ProviderSettings> fresh = join(findings).stream()
                .map(found -> settings.providerSettings(found.name(), found.name()))
                .toList();
        if (!settings.providersConfigured() && !fresh.isEmpty()) {
            maker(FactoryDiscovery.of(List.of(findings)), new ArrayList<>()).make(fresh, Duration.ZERO, result);
        }
    }

    /** Takes in findings that came later; a name that is taken stays with the one that has it. */
    private List<FactoryFindings.Found> join(FactoryFindings findings) {
        findings.problems().forEach(this::report);
        List<FactoryFindings.Found> fresh = new ArrayList<>();
        for (FactoryFindings.Found found : findings.found()) {
            String taken = types.putIfAbsent(found.name(), found.jar());
            if (taken == null) {
                fresh.add(found);
                notConfigured(found);
            } else {
                report(new DiscoveryProblem(
                        found.jar(),
                        "offers a provider of type \"" + found.name() + "\", which " + taken + " does too"));
            }
        }
        return fresh;
    }

    /** See {@link LlmProviderRegistry#discover(Path)}. */
    List<String> runLater(Path folder, Duration patience) {
        List<ConfigFault> faults = new ArrayList<>();
        List<FactoryFindings> all = new ArrayList<>();
        scan(folder, all, patience, faults)
                .forEach(look -> report(new DiscoveryProblem(look.plugin().toString(), "did not load in time")));
        FactoryDiscovery discovery = FactoryDiscovery.of(all);
        FactoryFindings fresh = new FactoryFindings();
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

    /** Lets go of the plug-ins. */
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
