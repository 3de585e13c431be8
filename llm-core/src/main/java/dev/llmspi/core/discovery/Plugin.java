package dev.llmspi.core.discovery;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.LlmProviderFactory;
import java.io.Closeable;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A plug-in, which consists of a provider and its libraries. It gets its own module layer if the application runs on
 * the module path, and its own class loader if it runs on the class path. Its libraries take precedence over those of
 * the application, except for llm-api, which the plug-in and the application must share.
 */
public final class Plugin implements Closeable {

    private static final String SERVICE = LlmProviderFactory.class.getName();

    private final Path place;
    private final List<Path> jars;
    private volatile @Nullable PluginClassLoader loader;

    Plugin(Path place, List<Path> jars) {
        this.place = place;
        this.jars = List.copyOf(jars);
    }

    /** Returns the path of the jar or the folder of jars. */
    public Path place() {
        return place;
    }

    /** Returns the module layer of this class, if it runs on the module path. */
    static Optional<ModuleLayer> layer() {
        return Optional.ofNullable(Plugin.class.getModule().getLayer());
    }

    /**
     * Creates the module layer or class loader and finds the factories in it. If a jar is broken, either this method or
     * a step through the stream throws an exception.
     */
    public Stream<ServiceLoader.Provider<LlmProviderFactory>> factories() {
        Optional<ModuleLayer> parent = layer();
        return parent.isPresent() ? inLayer(parent.get()) : inLoader();
    }

    private Stream<ServiceLoader.Provider<LlmProviderFactory>> inLayer(ModuleLayer parent) {
        ModuleFinder own = new ModulesWithoutApi(ModuleFinder.of(jars.toArray(Path[]::new)));
        Set<String> roots = own.findAll().stream()
                .map(module -> module.descriptor())
                .filter(module -> module.provides().stream()
                        .anyMatch(provided -> provided.service().equals(SERVICE)))
                .map(module -> module.name())
                .collect(Collectors.toSet());
        Configuration configuration = parent.configuration().resolveAndBind(own, ModuleFinder.of(), roots);
        ModuleLayer layer = parent.defineModulesWithOneLoader(configuration, Plugin.class.getClassLoader());
        return ServiceLoader.load(layer, LlmProviderFactory.class).stream()
                .filter(found -> found.type().getModule().getLayer() == layer);
    }

    private Stream<ServiceLoader.Provider<LlmProviderFactory>> inLoader() {
        URL[] urls = jars.stream().map(Plugin::url).toArray(URL[]::new);
        PluginClassLoader own = new PluginClassLoader(urls, Plugin.class.getClassLoader());
        loader = own;
        return ServiceLoader.load(LlmProviderFactory.class, own).stream()
                .filter(found -> found.type().getClassLoader() == own);
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e); // this cannot happen, because every file has a URL
        }
    }

    /**
     * Closes the jars. Classes that are already loaded continue to work. A module layer is unloaded when it is no
     * longer used.
     */
    @Override
    public void close() throws IOException {
        PluginClassLoader own = loader;
        if (own != null) {
            own.close();
        }
    }

    @Override
    public String toString() {
        return place.toString();
    }

    /**
     * Finds the modules of a plug-in, except for its copy of llm-api. If the plug-in used its own copy, its factory
     * would not implement the interface that the application knows.
     */
    private record ModulesWithoutApi(ModuleFinder all) implements ModuleFinder {

        private static final String SHARED = LlmProvider.class.getModule().getName();

        @Override
        public Optional<ModuleReference> find(String name) {
            return name.equals(SHARED) ? Optional.empty() : all.find(name);
        }

        @Override
        public Set<ModuleReference> findAll() {
            return all.findAll().stream()
                    .filter(module -> !module.descriptor().name().equals(SHARED))
                    .collect(Collectors.toSet());
        }
    }
}
