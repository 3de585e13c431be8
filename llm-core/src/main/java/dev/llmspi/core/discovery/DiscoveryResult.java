package dev.llmspi.core.discovery;

import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.core.runtime.FatalErrors;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/** The factories found through service files, and the problems with their jars. Not thread-safe. */
public final class DiscoveryResult {

    /** A factory with the type of its providers and the jar that contains it. */
    public record Found(String name, LlmProviderFactory factory, String jar) {}

    /** A problem with a jar or folder, and its cause as one line of text. */
    public record Problem(String jar, String cause) {}

    private static final int LONGEST = 4 * 1024;
    private static final String FILE = "file:";

    private final List<Found> found = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Set<Class<?>> seen = new HashSet<>();

    public List<Found> found() {
        return List.copyOf(found);
    }

    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    public void add(Found one) {
        found.add(one);
    }

    public void add(Problem one) {
        problems.add(one);
    }

    /** Creates a factory and reads its name. */
    void take(ServiceLoader.Provider<LlmProviderFactory> service) {
        String jar = "";
        try {
            Class<?> type = service.type();
            if (!seen.add(type)) {
                return; // another class loader has already found this factory
            }
            jar = jar(type);
            LlmProviderFactory factory = service.get();
            String name = factory.name();
            if (name == null || name.isBlank()) {
                problems.add(new Problem(jar, type.getName() + " has no name"));
                return;
            }
            found.add(new Found(name, factory, jar));
        } catch (Throwable e) {
            problem(jar.isEmpty() ? service.toString() : jar, e);
        }
    }

    /** Adds a problem unless the same problem was added before. Rethrows a fatal JVM error. */
    void problem(String jar, Throwable error) {
        FatalErrors.rethrow(root(error));
        anyProblem(jar, error);
    }

    /** Adds a problem, which may be a fatal JVM error, unless the same problem was added before. */
    void anyProblem(String jar, Throwable error) {
        Throwable root = root(error);
        String said = String.valueOf(error.getMessage());
        String text =
                root != error ? said + ": " + root : error instanceof VirtualMachineError ? error.toString() : said;
        Problem problem = new Problem(jar, oneLine(text));
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    private static Throwable root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Returns the text of a plug-in as one line of at most 4096 characters, without control characters. */
    static String oneLine(String text) {
        String line = text.replaceAll("[\\s\\p{Cc}\\p{Cf}\\u2028\\u2029]+", " ");
        return line.length() > LONGEST ? line.substring(0, LONGEST - 1) + "…" : line;
    }

    static String jar(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null ? type.getModule().toString() : jar(source.getLocation());
    }

    /**
     * Returns the path of a jar, without the prefix and suffix that class loaders add to its URL. A jar inside another
     * jar keeps the path of both. The path is only shown to people, so a URL that is not valid is returned as it is.
     */
    static String jar(URL location) {
        String text = location.toString()
                .replaceFirst("/META-INF/services/[^/]*$", "")
                .replaceFirst("^jar:(nested:)?", "")
                .replaceFirst("!/?$", "");
        if (!text.startsWith(FILE)) {
            return text;
        }
        try {
            return Path.of(URI.create(text)).toString();
        } catch (IllegalArgumentException e) {
            return text.substring(FILE.length()); // such as a blank that is not encoded
        }
    }
}
