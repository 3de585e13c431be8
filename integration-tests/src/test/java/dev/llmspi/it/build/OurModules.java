package dev.llmspi.it.build;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarFile;

/**
 * Finds the modules of this project on the module path of these tests, sorted by name. The test module itself is
 * excluded.
 */
final class OurModules {

    private static final String ROOT = "dev.llmspi.";

    private OurModules() {}

    static List<ModuleReference> all() {
        return ModuleLayer.boot().configuration().modules().stream()
                .map(ResolvedModule::reference)
                .filter(module -> module.descriptor().name().startsWith(ROOT))
                .filter(module ->
                        !module.descriptor().equals(OurModules.class.getModule().getDescriptor()))
                .sorted(Comparator.comparing(module -> module.descriptor().name()))
                .toList();
    }

    static JavaClasses classes() {
        return new ClassFileImporter()
                .importLocations(all().stream().map(OurModules::location).toList());
    }

    /**
     * Returns the location of a module, which is a jar if the build has packaged it and a folder if it has only run the
     * tests.
     */
    private static Location location(ModuleReference module) {
        URI uri = module.location().orElseThrow();
        if (!uri.getPath().endsWith(".jar")) {
            return Location.of(uri);
        }
        try (JarFile jar = new JarFile(Path.of(uri).toFile())) {
            return Location.of(jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
