package dev.llmspi.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The server process that all contestants use. */
final class ServerProcess implements AutoCloseable {

    private final Process process;
    private final URI url;
    private final URI tlsUrl;
    private final TlsKeys keys;

    ServerProcess(Path harness) throws IOException {
        this.keys = TlsKeys.create(harness.resolve("target").resolve("tls.p12"));
        this.process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        harness.resolve("target").resolve("classes").toString(),
                        Server.class.getName(),
                        keys.file().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        this.url = URI.create("http://127.0.0.1:" + output.readLine());
        this.tlsUrl = URI.create("https://127.0.0.1:" + output.readLine());
    }

    long pid() {
        return process.pid();
    }

    URI url() {
        return url;
    }

    /** Returns the address of the server that answers over TLS. */
    URI tlsUrl() {
        return tlsUrl;
    }

    /** Returns the key store with the certificate of the TLS server. */
    TlsKeys keys() {
        return keys;
    }

    /** Returns the CPU time that the server has used, in nanoseconds. */
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
