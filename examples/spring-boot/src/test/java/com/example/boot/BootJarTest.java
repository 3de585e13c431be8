package com.example.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.testkit.FakeLlmServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts the jar of the application, in which the libraries are jars inside a jar. */
class BootJarTest {

    @TempDir
    Path folder;

    /** @param profile selects where the settings come from */
    @ParameterizedTest
    @ValueSource(strings = {"default", "spring"})
    void jar_findsTheProvidersInNestedJarsAndFallsBack(String profile) throws Exception {
        // A blank in the path, which class loaders treat in different ways.
        Path jar = Files.copy(
                Path.of(System.getProperty("jar")), Files.createDirectories(folder.resolve("my apps")).resolve("app.jar"));
        Path log = folder.resolve("log");
        try (FakeLlmServer first = FakeLlmServer.openRouter().fails(ErrorKind.RESOURCE_EXHAUSTED);
                FakeLlmServer second = FakeLlmServer.openAi().answers("from the second")) {
            ProcessBuilder java =
                    new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-Dspring.profiles.active=" + profile,
                            "-jar",
                            jar.toString());
            java.environment()
                    .putAll(Map.of(
                            "OPENROUTER_API_KEY", "key", "FIRST_URL", first.url(), "SECOND_URL", second.url()));
            Process process = java.redirectErrorStream(true).redirectOutput(log.toFile()).start();
            try {
                assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the program did not end");
            } finally {
                process.destroyForcibly();
            }
            String out = Files.readString(log, StandardCharsets.UTF_8);
            assertEquals(0, process.exitValue(), out);
            assertTrue(out.contains("from the second\n"), out);
            assertTrue(out.contains("llm-provider-openrouter-0.1.0-SNAPSHOT.jar"), out);
            // Spring Boot passes java.util.logging, where the log of llmspi goes by default, on to Logback.
            assertTrue(out.matches("(?s).*WARN .*dev\\.llmspi\\.health.*provider openrouter.*"), out);
            assertTrue(out.matches("(?s).*DEBUG .*dev\\.llmspi\\.call.*"), out);
        }
    }
}
