package dev.llmspi.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program {@code llm} as it is built, run as a person runs it. */
record Launcher(Path program) {

    /** How long a command takes from its start to its end, in milliseconds. */
    double millis(URI server, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
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
