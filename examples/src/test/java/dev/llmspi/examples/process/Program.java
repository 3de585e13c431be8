package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts the packaged program as a process in an environment that the test controls. */
final class Program {

    static final Path PACKAGED = Path.of(System.getProperty("llm.home"));
    private static final long LIMIT_SECONDS = 60;

    record Result(int status, String out, String err) {}

    private final Path home;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String input = "";
    private Path folder = Path.of("").toAbsolutePath();

    Program(Path home) {
        this.home = home;
        environment.put("PATH", System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("LC_ALL", "C.UTF-8");
        // The settings of the person who runs the tests must not be read.
        environment.put("XDG_CONFIG_HOME", PACKAGED.resolve("no-settings").toString());
    }

    /** Returns the packaged program with OpenRouter's environment variables set to the address of a fake server. */
    static Program against(FakeServer server) {
        return new Program(PACKAGED)
                .with("OPENROUTER_API_KEY", "sk-canary-4711")
                .with("OPENROUTER_BASE_URL", server.address() + "/api/v1")
                .with("OPENROUTER_DEFAULT_MODEL", "vendor/model")
                .with("LLM_RETRY_DELAY", "10ms");
    }

    Program with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Program without(String variable) {
        environment.remove(variable);
        return this;
    }

    Program in(Path workingFolder) {
        folder = workingFolder;
        return this;
    }

    Program reading(String text) {
        input = text;
        return this;
    }

    Path launcher() {
        return home.resolve("bin/llm");
    }

    Result run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher().toString()));
        command.addAll(List.of(arguments));
        return finish(startCommand(command));
    }

    /** Runs a shell command line in which {@code $LLM} is the launcher. */
    Result shell(String line) throws Exception {
        environment.put("LLM", launcher().toString());
        return finish(startCommand(List.of("/bin/sh", "-c", line)));
    }

    Process startCommand(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        if (input.isEmpty()) {
            // The program mentions an empty pipe.
            builder.redirectInput(Path.of("/dev/null").toFile());
        }
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    Result finish(Process process) throws Exception {
        CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // A program that does not read its input may have already exited.
        }
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertTrue(ended, "the program did not end within " + LIMIT_SECONDS + " s");
        return new Result(process.exitValue(), out.get(), err.get());
    }

    /** Copies the packaged program, so that a test can add and remove jars. */
    static Path copyTo(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(PACKAGED)) {
            for (Path file : files.toList()) {
                Path target = folder.resolve(PACKAGED.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        return folder;
    }

    private static String read(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
