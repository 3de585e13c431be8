package dev.llmspi.core;

import dev.llmspi.core.plugin.Plugin;
import dev.llmspi.core.plugin.PluginFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** A look into a plug-in folder: each plug-in on a thread of its own, so that a slow or stuck one holds up nobody. */
final class PluginScan {

    /** How long the others are waited for once every provider that is needed was found. */
    private static final Duration GRACE = Duration.ofMillis(50);

    /** A plug-in and what is found in it. */
    record Look(Plugin plugin, CompletableFuture<FactoryFindings> end) {}

    private final List<Look> looks = new ArrayList<>();
    private final Set<Look> inTime = new HashSet<>();

    private PluginScan() {}

    /** @throws UncheckedIOException if the folder cannot be read */
    static PluginScan begin(Path folder) {
        PluginScan scan = new PluginScan();
        try {
            PluginFolder.in(folder).forEach(plugin -> scan.looks.add(look(plugin)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return scan;
    }

    private static Look look(Plugin plugin) {
        CompletableFuture<FactoryFindings> end = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> run(plugin, end), "llmspi-plugin-" + plugin.place().getFileName());
        thread.setDaemon(true);
        thread.start();
        return new Look(plugin, end);
    }

    private static void run(Plugin plugin, CompletableFuture<FactoryFindings> end) {
        FactoryFindings findings = new FactoryFindings();
        try {
            FactoryDiscovery.look(plugin.factories(), error -> plugin.place().toString(), findings);
            if (findings.found().isEmpty() && findings.problems().isEmpty()) {
                findings.problem(
                        plugin.place().toString(),
                        new IllegalStateException(
                                "offers no provider; a library belongs into the folder of its plug-in"));
            }
        } catch (Throwable e) {
            findings.problem(plugin.place().toString(), e);
        } finally {
            end.complete(findings);
        }
    }

    /** The plug-ins, to be closed. */
    List<Plugin> plugins() {
        return looks.stream().map(Look::plugin).toList();
    }

    /**
     * Waits for the plug-ins: until all have been looked at, or those that are needed were found and the others had a moment, or
     * the patience is at its end.
     *
     * @param needed the types that are needed; empty: it is not known
     * @param known the types that were found elsewhere
     */
    void await(Set<String> needed, Set<String> known, Duration patience) {
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
            Thread.currentThread().interrupt(); // in a hurry: what is found is found
        } catch (TimeoutException e) {
            // the rest goes on
        } catch (ExecutionException e) {
            throw new IllegalStateException("a look told of its failure in the wrong way", e);
        }
    }

    /** The looks that had come to an end, or had not, when they were last waited for. */
    List<Look> looks(boolean ended) {
        return looks.stream().filter(look -> inTime.contains(look) == ended).toList();
    }
}
