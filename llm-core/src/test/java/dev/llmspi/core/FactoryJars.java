package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.LlmProvider;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;

/** Compiles provider jars from source and creates class loaders for them. */
final class FactoryJars {

    private static final String SERVICE = "META-INF/services/dev.llmspi.api.spi.LlmProviderFactory";

    private final Path folder;

    /** @param folder the folder in which the jars are created */
    FactoryJars(Path folder) {
        this.folder = folder;
    }

    /** Creates a class loader for the jars. Its parent loads the classes under test. */
    ClassLoader loader(Path... jars) throws IOException {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = jars[i].toUri().toURL();
        }
        return new URLClassLoader(urls, FactoryJars.class.getClassLoader());
    }

    /** Creates the jar of a provider that answers with its {@code greeting} setting or, by default, with its type. */
    Path provider(String type) throws IOException {
        return provider(type, type, "");
    }

    /**
     * Creates the jar of a provider, whose file name may differ from the provider's type.
     *
     * @param inConstructor the statements in the factory's constructor
     */
    Path provider(String jar, String type, String inConstructor) throws IOException {
        String className = "Of" + jar;
        return write(
                jar, Map.of(className, """
                package fake;
                import dev.llmspi.api.*;
                import dev.llmspi.api.spi.*;
                public final class %s implements LlmProviderFactory {
                    public %s() { if (name() != null) { %s } }
                    public String name() { return "%s"; }
                    public LlmProvider create(ProviderConfig config) {
                        String greeting = config.string("greeting", name());
                        return new LlmProvider() {
                            public String name() { return config.name(); }
                            public ChatResponse chat(ChatRequest request, CallContext context) {
                                return ChatResponse.builder(AssistantMessage.of(greeting)).provider(name()).build();
                            }
                        };
                    }
                }
                """.formatted(className, className, inConstructor, type)), "fake." + className);
    }

    /**
     * Creates a jar.
     *
     * @param sources the sources by class name; their package is {@code fake}
     * @param service the content of the jar's service file
     */
    Path write(String name, Map<String, String> sources, String service) throws IOException {
        Path classes = Files.createDirectories(folder.resolve(name));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            compile(Files.writeString(classes.resolve(source.getKey() + ".java"), source.getValue()), classes);
        }
        Path jar = folder.resolve(name + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                var files = Files.walk(classes)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                out.write(Files.readAllBytes(file));
            }
            out.putNextEntry(new JarEntry(SERVICE));
            out.write((service + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private static void compile(Path source, Path classes) {
        Path api = Path.of(URI.create(LlmProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        int result = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-d",
                        classes.toString(),
                        "-cp",
                        api.toString(),
                        "-proc:none",
                        source.toString());
        assertEquals(0, result, "the source must compile: " + source);
    }
}
