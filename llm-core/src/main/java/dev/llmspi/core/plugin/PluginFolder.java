package dev.llmspi.core.plugin;

import java.io.File;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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

    private static Set<Path> onPath() {
        Set<Path> paths = new HashSet<>();
        for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
            if (entry.endsWith(".jar")) {
                paths.add(real(Path.of(entry)));
            }
        }
        for (Configuration configuration :
                Plugin.layer().stream().map(ModuleLayer::configuration).toList()) {
            for (ResolvedModule module : configuration.modules()) {
                Optional<URI> location = module.reference().location();
                if (location.isPresent() && "file".equals(location.get().getScheme())) {
                    paths.add(real(Path.of(location.get())));
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
