package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLSocket;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class HttpTransportTest {

    private static final byte[] BODY = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);

    private final HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, Network.STANDARD);

    @AfterEach
    void close() {
        transport.close();
    }

    @Test
    void execute_keptConnectionClosedByServer_staleAndUnsentThenFresh() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.answer("{}");
            if (number == 1) {
                connection.socket.close();
                closed.countDown();
            }
            connection.awaitEnd();
        })) {
            WholeReply.execute(transport, post(server.uri()), CallContext.create());
            closed.await();

            TransportException failure = failure(server.uri(), CallContext.create());

            assertEquals(ErrorReason.STALE_CONNECTION, failure.reason());
            assertFalse(failure.sent());
            assertEquals(1, server.requests.get());
            assertEquals(
                    200,
                    WholeReply.execute(transport, post(server.uri()), CallContext.create())
                            .status());
            assertEquals(2, server.requests.get());
        }
    }

    @Tag("fault-1.7")
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void execute_keptTlsConnectionClosedByServer_staleAndUnsent(String version) throws Exception {
        HandshakeCertificates certificates = certificates("localhost");
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = new RawServer(
                        certificates.sslContext().getServerSocketFactory(), "https", (number, connection) -> {
                            ((SSLSocket) connection.socket).setEnabledProtocols(new String[] {version});
                            connection.request();
                            connection.answer("{}");
                            if (number == 1) {
                                connection.request();
                                connection.answer("{}");
                                connection.socket.close();
                                closed.countDown();
                            }
                            connection.awaitEnd();
                        });
                HttpTransport trusting = trusting(certificates)) {
            WholeReply.execute(trusting, post(server.uri()), CallContext.create());
            // A live kept connection is not taken for a dead one.
            WholeReply.execute(trusting, post(server.uri()), CallContext.create());
            assertEquals(1, server.connections.get());
            closed.await();

            TransportException failure = assertThrows(
                    TransportException.class,
                    () -> WholeReply.execute(trusting, post(server.uri()), CallContext.create()));

            assertEquals(ErrorReason.STALE_CONNECTION, failure.reason());
            assertFalse(failure.sent());
            assertEquals(
                    200,
                    WholeReply.execute(trusting, post(server.uri()), CallContext.create())
                            .status());
            assertEquals(3, server.requests.get());
        }
    }

    @Test
    void execute_liveKeptConnection_isReused() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
            while (true) {
                connection.request();
                connection.answer("{}");
            }
        })) {
            for (int i = 0; i < 20; i++) {
                WholeReply.execute(transport, post(server.uri()), CallContext.create());
            }
            assertEquals(1, server.connections.get());
            assertEquals(20, server.requests.get());
        }
    }

    @Test
    void execute_closeBeforeHead_lostSentAndNotSentAgain() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> connection.request())) {
            TransportException failure = failure(server.uri(), CallContext.create());

            assertEquals(ErrorReason.CONNECTION_LOST, failure.reason());
            assertTrue(failure.sent());
            assertEquals(1, server.requests.get());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"cut\":",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot a chunk",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":",
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Len"
            })
    void execute_brokenHttp_lostAndSent(String bytes) throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.write(bytes);
        })) {
            TransportException failure = failure(server.uri(), CallContext.create());

            assertEquals(ErrorKind.CONNECTION, failure.kind());
            assertEquals(ErrorReason.CONNECTION_LOST, failure.reason());
            assertTrue(failure.sent());
            assertFalse(failure.getMessage().contains("SSH"), failure::getMessage);
            assertEquals(1, server.requests.get());
        }
    }

    @Test
    void execute_gzipThatIsNone_malformed() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\nnot gzip at ");
            connection.awaitEnd();
        })) {
            TransportException failure = failure(server.uri(), CallContext.create());

            assertEquals(ErrorKind.SERVICE, failure.kind());
            assertEquals(ErrorReason.MALFORMED_RESPONSE, failure.reason());
            assertEquals(200, failure.status());
        }
    }

    @Test
    void execute_compressedBomb_tooLargeAfterDecompression() throws Exception {
        byte[] bomb = gzip(new byte[10 * 1024 * 1024]);
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n");
            connection.write(bomb);
            connection.awaitEnd();
        })) {
            TransportException failure = failure(server.uri(), CallContext.create());

            assertEquals(ErrorKind.SERVICE, failure.kind());
            assertEquals(ErrorReason.TOO_LARGE, failure.reason());
        }
    }

    @Tag("fault-3.13")
    @Test
    void execute_hugeErrorBody_statusDecidesAndTheBeginningIsKept() throws Exception {
        byte[] body = gzip(new byte[10 * 1024 * 1024]);
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.write("HTTP/1.1 500 X\r\nContent-Encoding: gzip\r\nContent-Length: " + body.length + "\r\n\r\n");
            connection.write(body);
            connection.awaitEnd();
        })) {
            WholeReply reply = WholeReply.execute(transport, post(server.uri()), CallContext.create());

            assertEquals(500, reply.status());
            assertEquals(64 * 1024, reply.body().length);
        }
    }

    @Tag("fault-1.12")
    @Tag("fault-3.8")
    @Tag("fault-3.10")
    @ParameterizedTest
    @ValueSource(
            strings = {"408 T", "503 U\r\nRetry-After: 0", "421 M", "307 R\r\nLocation: /other", "302 R\r\nLocation: /"
            })
    void execute_statusOkHttpRepeatsByItself_oneRequest(String status) throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
            while (true) {
                connection.request();
                connection.write("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
            }
        })) {
            int code = Integer.parseInt(status.substring(0, 3));

            assertEquals(
                    code,
                    WholeReply.execute(transport, post(server.uri()), CallContext.create())
                            .status());
            assertEquals(1, server.requests.get());
            assertEquals(
                    code,
                    WholeReply.execute(transport, get(server.uri()), CallContext.create())
                            .status());
            assertEquals(2, server.requests.get());
        }
    }

    @Test
    void execute_proxyAuthenticationAsked_connectionErrorWithoutKey() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.write("HTTP/1.1 407 P\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
            connection.awaitEnd();
        })) {
            assertEquals(
                    ErrorReason.PROXY_AUTHENTICATION,
                    failure(server.uri(), CallContext.create()).reason());
            assertEquals(1, server.requests.get());
        }
    }

    @Test
    void execute_interimResponses_areSkipped() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.write("HTTP/1.1 103 Early Hints\r\n\r\n");
            connection.answer("{}");
            connection.awaitEnd();
        })) {
            assertEquals(
                    200,
                    WholeReply.execute(transport, post(server.uri()), CallContext.create())
                            .status());
        }
    }

    @Test
    void execute_nobodyListens_connectFailedUnsent() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        TransportException failure = failure(URI.create("http://127.0.0.1:" + port + "/v1"), CallContext.create());

        assertEquals(ErrorReason.CONNECT_FAILED, failure.reason());
        assertFalse(failure.sent());
    }

    @Test
    void execute_unknownHost_unsentAndWithoutUrl() throws Exception {
        TransportException failure =
                failure(URI.create("http://no-such-host.invalid/v1?q=secret"), CallContext.create());

        assertEquals(ErrorReason.UNKNOWN_HOST, failure.reason());
        assertFalse(failure.sent());
        assertFalse(failure.getMessage().contains("secret"));
    }

    @Tag("fault-1.4")
    @Test
    void execute_untrustedCertificate_tlsUnsent() throws Exception {
        HandshakeCertificates certificates = certificates("localhost");
        try (RawServer server = new RawServer(
                certificates.sslContext().getServerSocketFactory(), "https", (n, connection) -> connection.request())) {
            TransportException failure = failure(server.uri(), CallContext.create());

            assertEquals(ErrorReason.TLS, failure.reason());
            assertFalse(failure.sent());
            assertEquals(0, server.requests.get());
        }
    }

    @Tag("fault-1.4")
    @Test
    void execute_certificateOfAnotherHost_tlsUnsent() throws Exception {
        HandshakeCertificates certificates = certificates("other.example");
        try (RawServer server = new RawServer(
                        certificates.sslContext().getServerSocketFactory(),
                        "https",
                        (n, connection) -> connection.request());
                HttpTransport trusting = trusting(certificates)) {
            TransportException failure = assertThrows(
                    TransportException.class,
                    () -> WholeReply.execute(trusting, post(server.uri()), CallContext.create()));

            assertEquals(ErrorReason.TLS, failure.reason());
            assertFalse(failure.sent());
        }
    }

    @Test
    void execute_hangUpInHandshake_connectFailed() throws Exception {
        try (RawServer server = new RawServer(
                (number, connection) -> connection.socket.getInputStream().read())) {
            URI uri = URI.create(server.uri().toString().replace("http:", "https:"));

            TransportException failure = failure(uri, CallContext.create());

            assertEquals(ErrorReason.CONNECT_FAILED, failure.reason());
            assertFalse(failure.sent());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
                "HTTP/1.1 500 X\r\n\r\n{"
            })
    void cancel_hangingServer_endsSoonAndServerSeesIt(String begun) throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.write(begun);
            hanging.countDown();
            try {
                connection.awaitEnd();
            } finally {
                gone.countDown();
            }
        })) {
            Cancellation cancellation = Cancellation.create();
            AtomicLong cancelled = new AtomicLong();
            Thread canceller = new Thread(() -> {
                try {
                    hanging.await();
                } catch (InterruptedException e) {
                    return;
                }
                cancelled.set(System.nanoTime());
                cancellation.cancel();
            });
            canceller.start();
            TransportException failure = failure(
                    server.uri(),
                    CallContext.builder().cancellation(cancellation).build());

            assertTrue(System.nanoTime() - cancelled.get() < TimeUnit.MILLISECONDS.toNanos(250));
            assertEquals(ErrorReason.CANCELLED, failure.reason());
            assertTrue(failure.sent());
            assertTrue(gone.await(250, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void cancel_beforeTheCall_nothingSent() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> connection.request())) {
            Cancellation cancellation = Cancellation.create();
            cancellation.cancel();

            TransportException failure = failure(
                    server.uri(),
                    CallContext.builder().cancellation(cancellation).build());

            assertEquals(ErrorReason.CANCELLED, failure.reason());
            assertFalse(failure.sent());
            assertEquals(0, server.connections.get());
        }
    }

    @Test
    void cancel_whileConnecting_endsSoonUnsent() throws Exception {
        failure(URI.create("http://127.0.0.1:" + closedPort() + "/v1"), CallContext.create()); // loads the classes
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Socket first = new Socket("127.0.0.1", server.getLocalPort());
                Socket second = new Socket("127.0.0.1", server.getLocalPort())) {
            assertTrue(first.isConnected() && second.isConnected());
            Cancellation cancellation = Cancellation.create();
            AtomicLong cancelled = new AtomicLong();
            Thread caller = Thread.currentThread();
            Thread canceller = new Thread(() -> {
                while (caller.getState() == Thread.State.RUNNABLE) {
                    Thread.onSpinWait();
                }
                cancelled.set(System.nanoTime());
                cancellation.cancel();
            });
            canceller.start();

            TransportException failure = failure(
                    URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1"),
                    CallContext.builder().cancellation(cancellation).build());

            canceller.join();
            assertTrue(System.nanoTime() - cancelled.get() < TimeUnit.MILLISECONDS.toNanos(250));
            assertEquals(ErrorReason.CANCELLED, failure.reason());
            assertFalse(failure.sent());
        }
    }

    @Test
    void interrupt_hangingServer_endsAndKeepsTheFlag() throws Exception {
        Thread caller = Thread.currentThread();
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            caller.interrupt();
            connection.awaitEnd();
        })) {
            TransportException failure = failure(server.uri(), CallContext.create());

            assertTrue(Thread.interrupted());
            assertEquals(ErrorReason.CANCELLED, failure.reason());
        }
    }

    @Test
    void close_callUnderWay_ends() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            transport.close();
            connection.awaitEnd();
        })) {
            assertEquals(
                    ErrorReason.CANCELLED,
                    failure(server.uri(), CallContext.create()).reason());
            TransportException afterwards = failure(server.uri(), CallContext.create());
            assertEquals(ErrorReason.CANCELLED, afterwards.reason());
            assertFalse(afterwards.sent());
        }
    }

    @Tag("fault-1.3")
    @Test
    void execute_connectTimeout_keptWithin100Ms() throws Exception {
        // A full backlog of one: further connects are not accepted.
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Socket first = new Socket("127.0.0.1", server.getLocalPort());
                Socket second = new Socket("127.0.0.1", server.getLocalPort())) {
            assertTrue(first.isConnected() && second.isConnected());
            CallContext context =
                    CallContext.builder().connectTimeout(Duration.ofMillis(200)).build();
            long start = System.nanoTime();

            TransportException failure =
                    failure(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1"), context);

            assertEquals(ErrorReason.CONNECT_FAILED, failure.reason());
            assertFalse(failure.sent());
            assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(300));
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return server.getLocalPort();
        }
    }

    private TransportException failure(URI uri, CallContext context) {
        return assertThrows(TransportException.class, () -> WholeReply.execute(transport, post(uri), context));
    }

    private static HttpCall post(URI uri) {
        return new HttpCall(uri, Map.of("Authorization", "Bearer secret"), JsonBody.of(BODY));
    }

    private static HttpCall get(URI uri) {
        return new HttpCall(uri, Map.of("Authorization", "Bearer secret"), null);
    }

    private static HandshakeCertificates certificates(String host) {
        HeldCertificate certificate =
                new HeldCertificate.Builder().addSubjectAlternativeName(host).build();
        return new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .addTrustedCertificate(certificate.certificate())
                .build();
    }

    private static HttpTransport trusting(HandshakeCertificates certificates) {
        return new HttpTransport(WholeReply.BOUNDS, new Network(certificates.trustManager(), null));
    }

    private static byte[] gzip(byte[] bytes) throws Exception {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        }
        return compressed.toByteArray();
    }
}
