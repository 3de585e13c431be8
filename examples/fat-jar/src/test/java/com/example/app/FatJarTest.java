package com.example.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.testkit.FakeLlmServer;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts the jars that the build packs in different ways. */
class FatJarTest {

    private static final String SERVICE = "META-INF/services/dev.llmspi.api.spi.LlmProviderFactory";

    @TempDir
    Path folder;

    private record Result(int status, String out, String err) {}

    private Result run(String kind, Map<String, String> environment, String... options) throws Exception {
        File out = folder.resolve("out").toFile();
        File err = folder.resolve("err").toFile();
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(List.of(options));
        command.addAll(List.of("-jar", System.getProperty("jars") + "-" + kind + ".jar"));
        ProcessBuilder java = new ProcessBuilder(command);
        java.environment().keySet().removeIf(name -> name.matches("(OPENROUTER|PORTKEY|OPENAI|LLM)_.*"));
        java.environment().putAll(environment);
        Process process = java.redirectOutput(out).redirectError(err).start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the program did not end");
        } finally {
            process.destroyForcibly();
        }
        return new Result(
                process.exitValue(),
                Files.readString(out.toPath(), StandardCharsets.UTF_8),
                Files.readString(err.toPath(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"merged", "relocated"})
    void mergedServiceFiles_fallsBackAndLogsToSlf4j(String kind) throws Exception {
        try (FakeLlmServer first = FakeLlmServer.openRouter().fails(ErrorKind.RESOURCE_EXHAUSTED);
                FakeLlmServer second = FakeLlmServer.openAi().answers("from the second")) {
            Result result = run(
                    kind, Map.of("OPENROUTER_API_KEY", "key", "FIRST_URL", first.url(), "SECOND_URL", second.url()));
            assertEquals("from the second\n", result.out(), result.err());
            assertEquals(0, result.status());
            // The format of slf4j-simple.
            assertTrue(result.err().contains("[main] WARN dev.llmspi.health - provider openrouter"), result.err());
        }
    }

    @Test
    void unmergedServiceFiles_errorSaysWhatIsMissing() throws Exception {
        Result result = run("unmerged", Map.of("OPENROUTER_API_KEY", "key"));
        assertEquals(2, result.status(), result.out());
        assertTrue(result.err().contains("unknown type \"open"), result.err());
        assertTrue(result.err().contains(SERVICE), result.err());
        assertTrue(result.err().contains("ServicesResourceTransformer"), result.err());
    }

    /** Without a chain in a file, the library cannot know that a provider is missing, but its key is set. */
    @Test
    void unmergedServiceFilesAndSettingsFromVariables_warningNamesTheLostProvider() throws Exception {
        Path noSettings = Files.createFile(folder.resolve("empty.conf"));
        try (FakeLlmServer first = FakeLlmServer.openRouter().answers("from the first")) {
            Result result = run(
                    "unmerged",
                    Map.of("OPENROUTER_API_KEY", "key", "OPENROUTER_BASE_URL", first.url(), "PORTKEY_API_KEY", "key"),
                    "-Dconfig.file=" + noSettings);
            assertEquals("from the first\n", result.out(), result.err());
            assertTrue(result.err().contains("WARN dev.llmspi.registry - provider portkey has settings"), result.err());
            assertTrue(result.err().contains(SERVICE), result.err());
        }
    }

    @Test
    void droppedServiceFiles_errorSaysWhatIsMissing() throws Exception {
        Result result = run("dropped", Map.of("OPENROUTER_API_KEY", "key"));
        assertEquals(2, result.status(), result.out());
        assertTrue(result.err().contains("no provider jar"), result.err());
        assertTrue(result.err().contains("META-INF/services"), result.err());
    }
}
