package dev.llmspi.core.plugin;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of plug-ins. Each jar in it is one, and each folder in it that holds jars: a provider with its libraries. What is on
 * the module path or class path already is none.
 */
public final class PluginFolder {

    private PluginFolder() {}

    /**
     * The plug-ins of a folder, in the order of their names. Loads nothing.
     *
     * @throws IOException if the folder cannot be read
     */
    public static List<Plugin> in(Path folder) throws IOException {
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
