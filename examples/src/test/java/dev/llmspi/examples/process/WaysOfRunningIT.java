package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the program from the built jars in the four supported ways, each in a separate JVM. The provider jars are on the
 * module path, on the class path, or in a plug-in folder combined with either path. OpenRouter and Portkey are called
 * over HTTP. As plug-ins, each has its own copy of the wire module and its libraries.
 */
class WaysOfRunningIT {

    private static final String MAIN = "dev.llmspi.examples.cli.Llm";
    private static final List<String> LIBRARIES = List.of("llm-openai-wire", "okhttp", "okio", "kotlin", "jackson");

    @TempDir
    Path folder;

    @Test
    void modulePath_findsBothProviders() throws Exception {
        check(List.of("-p", jars("lib") + File.pathSeparator + jars("providers"), "-m", "dev.llmspi.examples/" + MAIN));
    }

    @Test
    void classPath_findsBothProviders() throws Exception {
        check(List.of("-cp", jars("lib") + File.pathSeparator + jars("providers"), MAIN));
    }

    @Test
    void pluginFolderOnModulePath_loadsEachInItsOwnLayer() throws Exception {
        check(List.of("-Dllm.plugins=" + plugins(), "-p", application(), "-m", "dev.llmspi.examples/" + MAIN));
    }

    @Test
    void pluginFolderOnClassPath_loadsEachInItsOwnLoader() throws Exception {
        check(List.of("-Dllm.plugins=" + plugins(), "-cp", application(), MAIN));
    }

    @Test
    void folderInProviders_isLoadedAsPlugin() throws Exception {
        Path home = Program.copyTo(folder.resolve("program"));
        Path plugin = Files.createDirectories(home.resolve("providers/acme"));
        new ProviderJar("acme", folder).factory("acme", "").packInto(home, "");
        Files.move(home.resolve("providers/acme.jar"), plugin.resolve("acme.jar"));
        Files.copy(only(home.resolve("lib"), "okio"), plugin.resolve("okio.jar")); // a plug-in may bring its own copy
        Path config = Files.writeString(
                folder.resolve("llm.conf"),
                "llm { providers { mine { type = acme, default-model = m } }, chains { default = [mine] } }");
        assertEquals(
                new Result(0, "dropped in\n", ""),
                new Program(home).run("chat", "--config", config.toString(), "hello"));
    }

    private static void check(List<String> java) throws Exception {
        try (FakeServer server = new FakeServer()) {
            server.error(402, "no credit").answer("from the second");
            Program program = Program.against(server)
                    .with("PORTKEY_API_KEY", "pk-key")
                    .with("PORTKEY_BASE_URL", server.address() + "/api/v1")
                    .with("PORTKEY_PROVIDER", "openai");
            List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
            command.addAll(java);
            command.addAll(List.of("chat", "--model", "m", "--json", "hello"));
            Result result = program.finish(program.startCommand(command));
            assertEquals(0, result.status(), result.err());
            assertTrue(result.out().contains("\"text\":\"from the second\""), result.out());
            assertTrue(result.out().contains("\"provider\":\"portkey\""), result.out());
        }
    }

    /** Creates a plug-in folder for each provider. Each folder contains its own copies of all libraries. */
    private Path plugins() throws IOException {
        for (String name : List.of("openrouter", "portkey")) {
            Path home = Files.createDirectories(folder.resolve("plugins").resolve(name));
            Path provider = only(Program.PACKAGED.resolve("providers"), "llm-provider-" + name);
            Files.copy(provider, home.resolve(provider.getFileName()));
            for (String library : LIBRARIES) {
                Path jar = only(Program.PACKAGED.resolve("lib"), library);
                Files.copy(jar, home.resolve(jar.getFileName()));
            }
        }
        return folder.resolve("plugins");
    }

    private static Path only(Path place, String start) throws IOException {
        try (Stream<Path> jars = Files.list(place)) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith(start))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Returns the jars of an application that does not have the libraries of the providers itself. */
    private static String application() throws IOException {
        return Stream.of(jars("lib").split(File.pathSeparator))
                .filter(jar ->
                        LIBRARIES.stream().noneMatch(Path.of(jar).getFileName().toString()::startsWith))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String jars(String part) throws IOException {
        try (Stream<Path> jars = Files.list(Program.PACKAGED.resolve(part))) {
            return jars.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
    }
}
