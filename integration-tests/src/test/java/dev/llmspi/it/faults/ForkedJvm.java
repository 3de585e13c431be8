package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a class of these tests in a JVM of its own, so that it can run out of memory or threads. */
final class ForkedJvm {

    private ForkedJvm() {}

    /**
     * Runs the main method of a class and returns the lines that it prints. Fails if it takes more than 150 seconds or
     * does not end with status 0.
     *
     * @param folder an empty folder
     * @param launcher the command that starts the JVM with certain limits; may be empty
     * @param options the options of the JVM
     */
    static List<String> run(
            Path folder, List<String> launcher, List<String> options, Class<?> main, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(main), main.getName()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(150, TimeUnit.SECONDS), () -> "did not end: " + said(output));
            assertEquals(0, process.exitValue(), () -> said(output));
        } finally {
            process.destroyForcibly();
        }
        return said(output).lines().toList();
    }

    private static String said(Path output) {
        try {
            return Files.readString(output, UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Returns the class path and the module path of this JVM, combined into one class path. */
    private static String classPath(Class<?> main) throws URISyntaxException {
        Path tests =
                Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI());
        return String.join(
                File.pathSeparator,
                Stream.of(
                                tests.toString(),
                                System.getProperty("jdk.module.path"),
                                System.getProperty("java.class.path"))
                        .filter(path -> path != null && !path.isEmpty())
                        .toList());
    }
}
