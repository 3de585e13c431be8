package dev.llmspi.it.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the module descriptors with {@code modules.txt}, so that every change to a descriptor shows up in a review.
 */
@Tag("build")
class ModuleDescriptorTest {

    private static final String SERVICES = "META-INF/services/";

    @Test
    void descriptors_matchTheStoredText() throws IOException {
        try (InputStream stored = ModuleDescriptorTest.class.getResourceAsStream("/modules.txt")) {
            String expected = new String(stored.readAllBytes(), UTF_8);

            assertEquals(expected, modules().map(ModuleDescriptorTest::describe).collect(joining("\n")));
        }
    }

    /**
     * Providers are found through service files on the class path and through module descriptors on the module path, so
     * both must list the same providers.
     */
    @ParameterizedTest
    @MethodSource("modules")
    void services_areTheSameOnBothPaths(ModuleReference module) throws IOException {
        Map<String, List<String>> provided = module.descriptor().provides().stream()
                .collect(Collectors.toMap(ModuleDescriptor.Provides::service, ModuleDescriptor.Provides::providers));

        assertEquals(provided, serviceFiles(module));
    }

    static Stream<ModuleReference> modules() {
        return OurModules.all().stream();
    }

    private static String describe(ModuleReference module) {
        ModuleDescriptor descriptor = module.descriptor();
        List<String> lines = new ArrayList<>();
        descriptor.requires().stream()
                .filter(requires -> !requires.modifiers().contains(Requires.Modifier.MANDATED))
                .forEach(requires -> lines.add("requires " + words(requires.modifiers()) + requires.name()));
        descriptor.exports().forEach(exports -> lines.add("exports " + exports.source() + targets(exports.targets())));
        descriptor.opens().forEach(opens -> lines.add("opens " + opens.source() + targets(opens.targets())));
        descriptor.uses().forEach(service -> lines.add("uses " + service));
        descriptor
                .provides()
                .forEach(provides -> lines.add(
                        "provides " + provides.service() + " with " + String.join(", ", provides.providers())));
        String kind = words(descriptor.modifiers()) + "module ";
        return kind + descriptor.name() + "\n"
                + lines.stream().sorted().map(line -> "  " + line + "\n").collect(joining());
    }

    private static String words(Set<? extends Enum<?>> modifiers) {
        return modifiers.stream()
                .map(modifier -> modifier.name().toLowerCase(Locale.ROOT) + " ")
                .sorted()
                .collect(joining());
    }

    private static String targets(Set<String> targets) {
        return targets.isEmpty() ? "" : targets.stream().sorted().collect(joining(", ", " to ", ""));
    }

    private static Map<String, List<String>> serviceFiles(ModuleReference module) throws IOException {
        Map<String, List<String>> services = new TreeMap<>();
        try (ModuleReader reader = module.open();
                Stream<String> names = reader.list()) {
            List<String> files = names.filter(name -> name.startsWith(SERVICES) && !name.endsWith("/"))
                    .toList();
            for (String file : files) {
                try (InputStream in = reader.open(file).orElseThrow()) {
                    List<String> providers = new String(in.readAllBytes(), UTF_8)
                            .lines()
                            .map(line -> line.replaceFirst("#.*", "").strip())
                            .filter(line -> !line.isEmpty())
                            .toList();
                    services.put(file.substring(SERVICES.length()), providers);
                }
            }
        }
        return services;
    }
}
