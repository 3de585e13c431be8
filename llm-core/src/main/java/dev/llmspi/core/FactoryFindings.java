package dev.llmspi.core;

import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.core.call.JvmTrouble;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/** What a look at service files has found: factories, and what is broken with its jar. Used by one thread at a time. */
final class FactoryFindings {

    /** A factory, its name and the jar it came from. */
    record Found(String name, LlmProviderFactory factory, String jar) {}

    private final List<Found> found = new ArrayList<>();
    private final List<DiscoveryProblem> problems = new ArrayList<>();
    private final Set<Class<?>> seen = new HashSet<>();

    List<Found> found() {
        return List.copyOf(found);
    }

    List<DiscoveryProblem> problems() {
        return List.copyOf(problems);
    }

    void add(Found one) {
        found.add(one);
    }

    void add(DiscoveryProblem one) {
        problems.add(one);
    }

    /** Makes a factory and asks for its name. */
    void take(ServiceLoader.Provider<LlmProviderFactory> service) {
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
            found.add(new Found(name, factory, jar));
        } catch (Throwable e) {
            problem(jar.isEmpty() ? service.toString() : jar, e);
        }
    }

    /** Notes what is wrong, once. */
    void problem(String jar, Throwable error) {
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

    private static String jar(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null ? type.getModule().toString() : jar(source.getLocation());
    }

    /** A file name that people know, from whatever URL a loader gives. */
    static String jar(URL location) {
        String text = location.toString().replaceFirst("^jar:", "").replaceFirst("!/.*$", "");
        text = text.replaceFirst("/META-INF/services/[^/]*$", "");
        return text.startsWith("file:") ? Path.of(URI.create(text)).toString() : text;
    }
}
