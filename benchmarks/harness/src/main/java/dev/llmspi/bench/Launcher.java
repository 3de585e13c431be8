package dev.llmspi.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Runs the packaged {@code llm} program in the same way as a user does. */
record Launcher(Path program) {

    private static final Set<String> KEPT = Set.of("PATH", "HOME", "JAVA_HOME");

    /** Runs a command and returns its duration from start to end, in milliseconds. */
    double millis(URI server, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // Removes the user's configuration and keys, which would affect the measurement.
        builder.environment().keySet().removeIf(name -> !KEPT.contains(name));
        builder.environment().put("OPENROUTER_API_KEY", "a-key-for-a-benchmark");
        builder.environment().put("OPENROUTER_BASE_URL", server.resolve("/answer/v1").toString());
        long start = System.nanoTime();
        int status = builder.start().waitFor();
        double millis = (System.nanoTime() - start) / 1e6;
        if (status != 0) {
            throw new IOException(command + " ended with " + status);
        }
        return millis;
    }
}
