package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Builds a third-party provider jar, working or broken. The jar contains a module that provides factories. */
final class ProviderJar {

    private final String module;
    private final Path folder;
    private String foreign = "";

    /**
     * Begins to build a jar with one module.
     *
     * @param module the name of the module and of its only package
     */
    ProviderJar(String module, Path scratch) throws IOException {
        this(module, scratch, "dev.llmspi.api");
    }

    /** @param requires another module that the module requires */
    ProviderJar(String module, Path scratch, String requires) throws IOException {
        this.module = module;
        this.folder = Files.createDirectories(scratch.resolve(module));
        write(
                "module-info",
                "module " + module + " { requires dev.llmspi.api;"
                        + (requires.equals("dev.llmspi.api") ? "" : " requires " + requires + ";")
                        + " provides dev.llmspi.api.spi.LlmProviderFactory with " + module + ".Factory; }");
    }

    /** Adds a factory for a provider type, with extra code in its constructor. */
    ProviderJar factory(String type, String inConstructor) throws IOException {
        write(
                module + "/Factory",
                "package " + module + ";"
                        + "import dev.llmspi.api.*; import dev.llmspi.api.spi.*;"
                        + "public final class Factory implements LlmProviderFactory {"
                        + "  public Factory() { " + inConstructor + " }"
                        + "  public String name() { return \"" + type + "\"; }"
                        + "  public LlmProvider create(ProviderConfig config) {"
                        + "    return new LlmProvider() {"
                        + "      public String name() { return config.name(); }"
                        + "      public ChatResponse chat(ChatRequest request, CallContext context) {"
                        + "        return ChatResponse.builder(AssistantMessage.of(\"dropped in\")).build();"
                        + "      }"
                        + "    };"
                        + "  }"
                        + "}");
        return this;
    }

    ProviderJar type(String name) throws IOException {
        write(module + "/" + name, "package " + module + "; final class " + name + " { static void touch() {} }");
        return this;
    }

    /** Adds a class file to a package that another module exports. The compiler would refuse such a class. */
    ProviderJar foreignPackage(String name) {
        foreign = name;
        return this;
    }

    /**
     * Compiles the module and packs it into a jar.
     *
     * @param without the name of a class to omit from the jar, or {@code ""}
     */
    void packInto(Path home, String without) throws IOException {
        Path classes = folder.resolve("classes");
        String modules = home.resolve("lib").toString();
        List<String> javac =
                new ArrayList<>(List.of("--release", "17", "-d", classes.toString(), "--module-path", modules));
        try (Stream<Path> sources = Files.walk(folder.resolve("src"))) {
            sources.filter(Files::isRegularFile).map(Path::toString).forEach(javac::add);
        }
        int status =
                ToolProvider.findFirst("javac").orElseThrow().run(System.out, System.err, javac.toArray(String[]::new));
        assertEquals(0, status, "javac");
        if (!without.isEmpty()) {
            Files.delete(classes.resolve(module).resolve(without + ".class"));
        }
        // The jar tool is not used, because it refuses to pack a module whose factory is missing.
        Path file = home.resolve("providers").resolve(module + ".jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file));
                Stream<Path> packed = Files.walk(classes)) {
            for (Path each : packed.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(
                        new JarEntry(classes.relativize(each).toString().replace('\\', '/')));
                Files.copy(each, jar);
            }
            if (!foreign.isEmpty()) {
                jar.putNextEntry(new JarEntry(foreign.replace('.', '/') + "/Foreign.class"));
                Files.copy(classes.resolve(module).resolve("Factory.class"), jar);
            }
        }
    }

    private void write(String name, String source) throws IOException {
        Path file = folder.resolve("src").resolve(name + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source);
    }
}
