package dev.llmspi.core.plugin;

import dev.llmspi.api.spi.LlmProviderFactory;
import java.io.Closeable;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
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
 * One plug-in: a provider and its libraries, in a module layer of their own if the application runs on the module path, in a class
 * loader of their own if it runs on the class path. What the plug-in brings along wins over what the application has, but for
 * llm-api, which both must share.
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

    /** The jar, or the folder of jars. */
    public Path place() {
        return place;
    }

    /** The layer this runs in, if it runs on the module path. */
    static Optional<ModuleLayer> layer() {
        return Optional.ofNullable(Plugin.class.getModule().getLayer());
    }

    /**
     * Makes the layer or loader and looks for the factories in it, and nowhere else. Throws whatever is wrong with the jars; each
     * step through the stream may throw too.
     */
    public Stream<ServiceLoader.Provider<LlmProviderFactory>> factories() {
        Optional<ModuleLayer> parent = layer();
        return parent.isPresent() ? inLayer(parent.get()) : inLoader();
    }

    private Stream<ServiceLoader.Provider<LlmProviderFactory>> inLayer(ModuleLayer parent) {
        ModuleFinder own = new OwnModules(ModuleFinder.of(jars.toArray(Path[]::new)));
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
            throw new IllegalStateException(e); // a file always has one
        }
    }

    /** Lets go of the jars. Classes of the plug-in that are loaded go on; a layer goes when nobody uses it any more. */
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
}
