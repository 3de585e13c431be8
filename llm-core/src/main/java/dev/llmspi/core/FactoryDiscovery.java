package dev.llmspi.core;

import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.core.FactoryFindings.Found;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.Spliterator;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The factories of providers by their names: those on the module path and the class path, and those of plug-ins. Whatever is broken
 * is recorded with its jar and passed over: every step of the iteration is guarded.
 */
final class FactoryDiscovery {

    private static final int MOST_ERRORS = 1_000;

    private final Map<String, Found> factories = new TreeMap<>();
    private final List<DiscoveryProblem> problems = new ArrayList<>();
    private final Map<String, List<String>> twice = new LinkedHashMap<>();

    private FactoryDiscovery() {}

    /** Looks with the loader given, that of this module, and the thread's context loader. */
    static FactoryFindings onPath(@Nullable ClassLoader given) {
        FactoryFindings findings = new FactoryFindings();
        Set<ClassLoader> loaders = new LinkedHashSet<>();
        loaders.add(given);
        loaders.add(FactoryDiscovery.class.getClassLoader());
        loaders.add(Thread.currentThread().getContextClassLoader());
        for (ClassLoader loader : loaders) {
            if (loader != null) {
                look(
                        ServiceLoader.load(LlmProviderFactory.class, loader).stream(),
                        error -> whereNamed(error, loader),
                        findings);
            }
        }
        return findings;
    }

    /** Puts findings together: a name that is found twice is used by none. */
    static FactoryDiscovery of(Collection<FactoryFindings> all) {
        FactoryDiscovery discovery = new FactoryDiscovery();
        for (FactoryFindings findings : all) {
            discovery.problems.addAll(findings.problems());
            for (Found found : findings.found()) {
                discovery.add(found);
            }
        }
        discovery.refuseTwice();
        return discovery;
    }

    /** The factories by type. */
    Map<String, Found> factories() {
        return Collections.unmodifiableMap(factories);
    }

    List<DiscoveryProblem> problems() {
        return List.copyOf(problems);
    }

    /** The types that several jars offer, with those jars: none of them is used. */
    Map<String, List<String>> twice() {
        return Collections.unmodifiableMap(twice);
    }

    /**
     * Takes each service; one that is broken is noted, and the next one taken.
     *
     * @param where the jar an error belongs to
     */
    static void look(
            Stream<ServiceLoader.Provider<LlmProviderFactory>> all,
            Function<Throwable, String> where,
            FactoryFindings findings) {
        Spliterator<ServiceLoader.Provider<LlmProviderFactory>> services = all.spliterator();
        boolean more = true;
        for (int errors = 0; more && errors < MOST_ERRORS; ) {
            try {
                more = services.tryAdvance(findings::take);
            } catch (ServiceConfigurationError | LinkageError e) { // nothing else comes out of a look at service files
                errors++;
                findings.problem(where.apply(e), e);
            }
        }
    }

    private void add(Found found) {
        Found before = factories.putIfAbsent(found.name(), found);
        if (before != null) {
            twice.computeIfAbsent(found.name(), name -> new ArrayList<>(List.of(before.jar())))
                    .add(found.jar());
        }
    }

    private void refuseTwice() {
        for (Map.Entry<String, List<String>> offered : twice.entrySet()) {
            String name = offered.getKey();
            factories.remove(name);
            problems.add(new DiscoveryProblem(
                    String.join(", ", offered.getValue()),
                    "several jars offer a provider of type \"" + name + "\"; none is used: take out all but one"));
        }
    }

    /** The jar whose service file names the class an error speaks of; the error itself does not tell. */
    private static String whereNamed(Throwable error, ClassLoader loader) {
        String message = String.valueOf(error.getMessage());
        try {
            for (URL file :
                    Collections.list(loader.getResources("META-INF/services/" + LlmProviderFactory.class.getName()))) {
                if (message.contains(file.toString()) || names(file, message)) {
                    return FactoryFindings.jar(file);
                }
            }
        } catch (IOException e) {
            // the problem is reported all the same, without its place
        }
        return "unknown place";
    }

    private static boolean names(URL file, String message) throws IOException {
        try (InputStream in = file.openStream();
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(line -> line.replaceAll("#.*", "").strip())
                    .anyMatch(name -> !name.isEmpty() && message.contains(name));
        }
    }
}
