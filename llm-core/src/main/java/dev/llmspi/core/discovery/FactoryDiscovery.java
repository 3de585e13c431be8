package dev.llmspi.core.discovery;

import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.core.discovery.DiscoveryResult.Found;
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
 * Finds the factories on the module path, on the class path and in plug-ins. A broken jar is recorded and skipped. Each
 * step through the services may throw, so exceptions are caught at each step.
 */
public final class FactoryDiscovery {

    private static final int MOST_ERRORS = 1_000;

    private static final String PACKED = "this application is packed into one jar, where the files META-INF/services/"
            + LlmProviderFactory.class.getName()
            + " of all libraries must be merged (maven-shade-plugin: ServicesResourceTransformer)";

    private final Map<String, Found> factories = new TreeMap<>();
    private final List<DiscoveryResult.Problem> problems = new ArrayList<>();
    private final Map<String, List<String>> twice = new LinkedHashMap<>();

    private FactoryDiscovery() {}

    /** Searches the given class loader, the class loader of this module, and the thread's context class loader. */
    public static DiscoveryResult onPath(@Nullable ClassLoader given) {
        DiscoveryResult findings = new DiscoveryResult();
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

    /** Combines several results. If several jars offer the same type, none of them is used. */
    public static FactoryDiscovery of(Collection<DiscoveryResult> all) {
        FactoryDiscovery discovery = new FactoryDiscovery();
        for (DiscoveryResult findings : all) {
            discovery.problems.addAll(findings.problems());
            for (Found found : findings.found()) {
                discovery.add(found);
            }
        }
        discovery.refuseTwice();
        return discovery;
    }

    /** Returns the factories by provider type. */
    public Map<String, Found> factories() {
        return Collections.unmodifiableMap(factories);
    }

    public List<DiscoveryResult.Problem> problems() {
        return List.copyOf(problems);
    }

    /** Returns the types that are offered by several jars, with the paths of these jars. */
    public Map<String, List<String>> twice() {
        return Collections.unmodifiableMap(twice);
    }

    /**
     * Returns a hint if the application is packed into a single jar with this library, or an empty string. A tool that
     * packs such a jar and does not merge the service files keeps one of them, and the providers of the others are
     * lost.
     */
    public String packedHint() {
        String own = DiscoveryResult.jar(FactoryDiscovery.class);
        return factories.values().stream().anyMatch(found -> found.jar().equals(own)) ? PACKED : "";
    }

    /**
     * Adds each service to the result. A broken service is added as a problem.
     *
     * @param where finds the jar that caused an error
     */
    static void look(
            Stream<ServiceLoader.Provider<LlmProviderFactory>> all,
            Function<Throwable, String> where,
            DiscoveryResult findings) {
        Spliterator<ServiceLoader.Provider<LlmProviderFactory>> services = all.spliterator();
        boolean more = true;
        for (int errors = 0; more && errors < MOST_ERRORS; ) {
            try {
                more = services.tryAdvance(findings::take);
            } catch (ServiceConfigurationError | LinkageError e) { // reading a service file throws no other errors
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
            problems.add(new DiscoveryResult.Problem(
                    String.join(", ", offered.getValue()),
                    "several jars offer a provider of type \"" + name + "\"; none is used: take out all but one"));
        }
    }

    /**
     * Returns the jar whose service file names the class that an error message mentions. The error itself does not tell
     * which jar it is.
     */
    private static String whereNamed(Throwable error, ClassLoader loader) {
        String message = String.valueOf(error.getMessage());
        try {
            for (URL file :
                    Collections.list(loader.getResources("META-INF/services/" + LlmProviderFactory.class.getName()))) {
                if (message.contains(file.toString()) || names(file, message)) {
                    return DiscoveryResult.jar(file);
                }
            }
        } catch (IOException e) {
            // the problem is then reported with an unknown place
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
