package dev.llmspi.it.portkey;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Runs the open-source Portkey gateway with Node on a free port of 127.0.0.1. The gateway writes its log to
 * {@code target/portkey-gateway}. If Node or an npm package is missing on this machine, {@link #start} skips the test
 * and names the missing part.
 */
public final class PortkeyGateway implements AutoCloseable {

    private static final Path MODULE =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path PEER = MODULE.resolve("portkey-peer");
    private static final Path SERVER = Path.of("node_modules/@portkey-ai/gateway/build/start-server.js");
    private static final Path LOGS = MODULE.resolve("target/portkey-gateway");
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final String POST_LINE = "request POST ";

    private final Process process;
    private final int port;
    private final Path log;

    private PortkeyGateway(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /** Starts a gateway and waits until it responds. */
    public static PortkeyGateway start() throws IOException, InterruptedException {
        skipWhereMissing();
        int port = freePort();
        Files.createDirectories(LOGS);
        Path log = Files.createTempFile(LOGS, "gateway-", ".txt");
        Process process = new ProcessBuilder(
                        "node",
                        "-r",
                        "./loopback.cjs",
                        "-r",
                        "./requests.cjs",
                        SERVER.toString(),
                        "--headless",
                        "--port=" + port)
                .directory(PEER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        PortkeyGateway gateway = new PortkeyGateway(process, port, log);
        try {
            gateway.awaitReady();
            return gateway;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            gateway.close();
            throw e;
        }
    }

    /** Returns the base URL to use in the provider configuration. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + port + "/v1");
    }

    /** Returns the number of POST requests that this gateway received, according to its log. */
    public int posts() {
        try (Stream<String> lines = Files.lines(log)) {
            return (int) lines.filter(line -> line.contains(POST_LINE)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process, which closes its connections, and waits until the process has ended. */
    public void kill() {
        process.destroy();
        try {
            process.onExit().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new CompletionException("the gateway did not end when asked to", e);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private void awaitReady() throws IOException, InterruptedException {
        HttpRequest hello = HttpRequest.newBuilder(baseUrl().resolve("/"))
                .timeout(Duration.ofSeconds(5))
                .build();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        long giveUp = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers(client, hello)) {
            // The time between two attempts is spent waiting for the process to end, so that an early end is noticed at
            // once.
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new IOException("the gateway ended with " + process.exitValue() + "; its log: " + log);
            }
            if (System.nanoTime() - giveUp > 0) {
                throw new IOException("the gateway did not answer within " + START_LIMIT + "; its log: " + log);
            }
        }
    }

    private static boolean answers(HttpClient client, HttpRequest hello) throws InterruptedException {
        try {
            return client.send(hello, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // the gateway does not accept connections yet
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }

    private static void skipWhereMissing() {
        boolean node = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(Path::of)
                .anyMatch(folder -> Files.isExecutable(folder.resolve("node")));
        if (!node) {
            abort("skipped: the real Portkey gateway needs Node 20 or newer, and there is no \"node\" on the PATH");
        }
        if (!Files.exists(PEER.resolve(SERVER))) {
            abort("skipped: the real Portkey gateway is not installed; run integration-tests/portkey-peer/install");
        }
    }
}
