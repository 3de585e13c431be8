package dev.llmspi.core;

import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.core.call.JvmTrouble;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.Spliterator;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the factories of providers on the module path and the class path. Whatever is broken is recorded with its jar and passed
 * over: every step of the iteration is guarded.
 */
final class FactoryDiscovery {

    /** A factory and the jar it came from. */
    record Found(LlmProviderFactory factory, String jar) {}

    private static final int MOST_ERRORS = 1_000;

    private final Map<String, Found> factories = new TreeMap<>();
    private final List<DiscoveryProblem> problems = new ArrayList<>();
    private final Set<Class<?>> seen = new HashSet<>();
    private final Map<String, List<String>> twice = new LinkedHashMap<>();

    /** Looks with the loader given, that of this module, and the thread's context loader. */
    static FactoryDiscovery run(@Nullable ClassLoader given) {
        FactoryDiscovery discovery = new FactoryDiscovery();
        Set<ClassLoader> loaders = new LinkedHashSet<>();
        loaders.add(given);
        loaders.add(FactoryDiscovery.class.getClassLoader());
        loaders.add(Thread.currentThread().getContextClassLoader());
        for (ClassLoader loader : loaders) {
            if (loader != null) {
                discovery.look(loader);
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

    private void look(ClassLoader loader) {
        Spliterator<ServiceLoader.Provider<LlmProviderFactory>> services =
                ServiceLoader.load(LlmProviderFactory.class, loader).stream().spliterator();
        boolean more = true;
        for (int errors = 0; more && errors < MOST_ERRORS; ) {
            try {
                more = services.tryAdvance(this::take);
            } catch (ServiceConfigurationError | LinkageError e) { // nothing else comes out of a look at service files
                errors++;
                problem(whereNamed(e, loader), e);
            }
        }
    }

    private void take(ServiceLoader.Provider<LlmProviderFactory> service) {
        String jar = "";
        try {
            Class<?> type = service.type();
            if (!seen.add(type)) {
                return; // found through another loader already
            }
            jar = jar(type);
            LlmProviderFactory factory = service.get();
            String name = factory.name();
            if (name == null || name.isBlank()) {
                problems.add(new DiscoveryProblem(jar, type.getName() + " has no name"));
                return;
            }
            Found before = factories.putIfAbsent(name, new Found(factory, jar));
            if (before != null) {
                twice.computeIfAbsent(name, key -> new ArrayList<>(List.of(before.jar())))
                        .add(jar);
            }
        } catch (Throwable e) {
            problem(jar.isEmpty() ? service.toString() : jar, e);
        }
    }

    private void refuseTwice() {
        twice.forEach((name, jars) -> {
            factories.remove(name);
            problems.add(new DiscoveryProblem(
                    String.join(", ", jars),
                    "several jars offer a provider of type \"" + name + "\"; none is used: take out all but one"));
        });
    }

    private void problem(String jar, Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        JvmTrouble.rethrow(root);
        String text = root == error ? String.valueOf(error.getMessage()) : error.getMessage() + ": " + root;
        DiscoveryProblem problem = new DiscoveryProblem(jar, text.replaceAll("\\s+", " "));
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    /** The jar whose service file names the class an error speaks of; the error itself does not tell. */
    private static String whereNamed(Throwable error, ClassLoader loader) {
        String message = String.valueOf(error.getMessage());
        try {
            for (URL file :
                    Collections.list(loader.getResources("META-INF/services/" + LlmProviderFactory.class.getName()))) {
                if (message.contains(file.toString()) || names(file, message)) {
                    return jar(file);
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

    private static String jar(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null ? type.getModule().toString() : jar(source.getLocation());
    }

    /** A file name that people know, from whatever URL a loader gives. */
    private static String jar(URL location) {
        String text = location.toString().replaceFirst("^jar:", "").replaceFirst("!/.*$", "");
        text = text.replaceFirst("/META-INF/services/[^/]*$", "");
        return text.startsWith("file:") ? Path.of(URI.create(text)).toString() : text;
    }
}
