package dev.llmspi.core.discovery;

import dev.llmspi.core.runtime.WorkerThreads;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Searches plug-in folders. Each plug-in is searched on its own thread, so that a slow or stuck plug-in does not delay
 * the others.
 */
public final class PluginScan {

    /** The time to wait for the remaining plug-ins after all needed types were found. */
    private static final Duration GRACE = Duration.ofMillis(50);

    /** A running search of one plug-in. The future completes with its result. */
    public record Look(Plugin plugin, CompletableFuture<DiscoveryResult> end) {}

    private final List<Look> looks = new ArrayList<>();
    private final Set<Look> inTime = new HashSet<>();

    private PluginScan() {}

    /**
     * Starts the search.
     *
     * @param folders the folders; one that is named twice is searched once
     * @param unreadable receives each folder that cannot be read
     */
    public static PluginScan begin(List<Path> folders, Consumer<Path> unreadable) {
        PluginScan scan = new PluginScan();
        Set<Path> searched = new HashSet<>();
        for (Path folder : folders) {
            try {
                if (searched.add(real(folder))) {
                    pluginsIn(folder).forEach(plugin -> scan.looks.add(look(plugin)));
                }
            } catch (IOException e) {
                unreadable.accept(folder);
            }
        }
        return scan;
    }

    private static Look look(Plugin plugin) {
        CompletableFuture<DiscoveryResult> end = new CompletableFuture<>();
        Runnable task = () -> run(plugin, end);
        WorkerThreads.startOrRun(
                WorkerThreads.daemon("llmspi-plugin-" + plugin.place().getFileName(), task), task);
        return new Look(plugin, end);
    }

    private static void run(Plugin plugin, CompletableFuture<DiscoveryResult> end) {
        DiscoveryResult findings = new DiscoveryResult();
        try {
            FactoryDiscovery.look(plugin.factories(), error -> plugin.place().toString(), findings);
            if (findings.found().isEmpty() && findings.problems().isEmpty()) {
                findings.problem(
                        plugin.place().toString(),
                        new IllegalStateException(
                                "offers no provider; a library belongs into the folder of its plug-in"));
            }
        } catch (Throwable e) {
            findings.anyProblem(
                    plugin.place().toString(), e); // only this thread and this plug-in end with a fatal error
        } finally {
            end.complete(findings);
        }
    }

    /** Returns all plug-ins, which the caller must close. */
    public List<Plugin> plugins() {
        return looks.stream().map(Look::plugin).toList();
    }

    /**
     * Waits until all plug-ins were searched or until the time has expired. Once all needed types were found, the
     * remaining plug-ins only get a short grace period.
     *
     * @param needed the provider types that are needed; empty if they are unknown
     * @param known the provider types that were found elsewhere
     * @param patience the longest time to wait
     */
    public void await(Set<String> needed, Set<String> known, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        Set<String> missing = new HashSet<>(needed);
        missing.removeAll(known);
        CompletableFuture<?> all = allOf(looks);
        CompletableFuture<Void> enough = new CompletableFuture<>();
        for (Look look : looks) {
            CompletableFuture<Void> unused = look.end().thenAccept(findings -> {
                synchronized (missing) {
                    findings.found().forEach(found -> missing.remove(found.name()));
                    if (missing.isEmpty() && !needed.isEmpty()) {
                        enough.complete(null);
                    }
                }
            });
        }
        if (missing.isEmpty() && !needed.isEmpty()) {
            enough.complete(null);
        }
        waitFor(CompletableFuture.anyOf(all, enough), deadline);
        waitFor(all, Math.min(deadline, System.nanoTime() + GRACE.toNanos()));
        looks.stream().filter(look -> look.end().isDone()).forEach(inTime::add);
    }

    private static CompletableFuture<?> allOf(Collection<Look> looks) {
        return CompletableFuture.allOf(looks.stream().map(Look::end).toArray(CompletableFuture<?>[]::new));
    }

    private static void waitFor(CompletableFuture<?> end, long deadline) {
        try {
            end.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // an interrupted thread must not wait any longer
        } catch (TimeoutException e) {
            // searches that have not ended continue in the background
        } catch (ExecutionException e) {
            throw new IllegalStateException("a search must not complete exceptionally", e);
        }
    }

    /** Returns the searches that had ended by the end of the last wait, or those that had not. */
    public List<Look> looks(boolean ended) {
        return looks.stream().filter(look -> inTime.contains(look) == ended).toList();
    }

    /**
     * Returns the plug-ins in a folder, sorted by name. Each jar or folder of jars is one plug-in, except for jars that
     * are already on the module path or class path. No class is loaded.
     *
     * @throws IOException if the folder cannot be read
     */
    private static List<Plugin> pluginsIn(Path folder) throws IOException {
        Set<Path> onPath = onPath();
        List<Plugin> plugins = new ArrayList<>();
        for (Path place : children(folder)) {
            List<Path> jars = new ArrayList<>(Files.isDirectory(place) ? children(place) : List.of(place));
            jars.removeIf(jar -> !jar.toString().endsWith(".jar") || onPath.contains(real(jar)));
            if (!jars.isEmpty()) {
                plugins.add(new Plugin(place, jars));
            }
        }
        return plugins;
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    private static Set<Path> onPath() throws IOException {
        Set<Path> paths = new HashSet<>();
        for (String property : List.of("java.class.path", "jdk.module.path")) {
            for (String entry : System.getProperty(property, "").split(File.pathSeparator)) {
                Path path = Path.of(entry);
                if (entry.endsWith(".jar")) {
                    paths.add(real(path));
                } else if (property.equals("jdk.module.path") && Files.isDirectory(path)) {
                    children(path).forEach(jar -> paths.add(real(jar)));
                }
            }
        }
        return paths;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize();
        }
    }
}
