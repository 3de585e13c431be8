package dev.llmspi.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A key store with a certificate for 127.0.0.1, which the server presents and the contestants trust. */
final class TlsKeys {

    static final String PASSWORD = "changeit";

    private final Path file;

    private TlsKeys(Path file) {
        this.file = file;
    }

    /** Makes the key store with the JDK's {@code keytool}, replacing that of an earlier run. */
    static TlsKeys create(Path file) throws IOException {
        Files.deleteIfExists(file);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool could not make " + file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        return new TlsKeys(file);
    }

    Path file() {
        return file;
    }

    /** Returns the JVM options of a client that trusts the certificate. */
    List<String> trustOptions() {
        return List.of(
                "-Djavax.net.ssl.trustStore=" + file,
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                "-Djavax.net.ssl.trustStoreType=PKCS12");
    }
}
