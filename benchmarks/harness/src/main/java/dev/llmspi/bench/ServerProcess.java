package dev.llmspi.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The server of all contestants. */
final class ServerProcess implements AutoCloseable {

    private final Process process;
    private final URI url;

    ServerProcess(Path harness) throws IOException {
        this.process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        harness.resolve("target").resolve("classes").toString(),
                        Server.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        this.url = URI.create("http://127.0.0.1:" + output.readLine());
    }

    long pid() {
        return process.pid();
    }

    URI url() {
        return url;
    }

    /** The processor time it has used, in nanoseconds. */
    long cpuNanos() throws IOException {
        try (InputStream in = url.resolve("/cpu").toURL().openStream()) {
            return Long.parseLong(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
