package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorReason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocket;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests over TLS: certificates, failed handshakes, and kept connections that the server has closed. */
@Timeout(20)
class TransportTlsTest {

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

    @Tag("fault-1.4")
    @ParameterizedTest
    @CsvSource({"localhost,false", "other.example,true"})
    void execute_certificateUntrustedOrForAnotherHost_tlsUnsent(String host, boolean trusted) throws IOException {
        HandshakeCertificates certificates = certificates(host);
        Network network = trusted ? new Network(certificates.trustManager(), null) : Network.STANDARD;
        try (MockWebServer server = new MockWebServer();
                HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, network)) {
            server.useHttps(certificates.sslSocketFactory());
            server.start();
            URI uri = URI.create("https://localhost:" + server.getPort() + "/v1");

            TransportException failure = TransportBench.failure(transport, uri, CallContext.create());

            assertEquals(ErrorReason.TLS, failure.reason());
            assertFalse(failure.sent());
            assertEquals(0, server.getRequestCount());
        }
    }

    @Test
    void execute_closeDuringTheHandshake_connectFailed() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, Network.STANDARD)) {
            start(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read();
                }
            });
            URI uri = URI.create("https://127.0.0.1:" + server.getLocalPort() + "/v1");

            TransportException failure = TransportBench.failure(transport, uri, CallContext.create());

            assertEquals(ErrorReason.CONNECT_FAILED, failure.reason());
            assertFalse(failure.sent());
        }
    }

    @Tag("fault-1.7")
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void execute_keptConnectionClosedByServer_staleAndUnsentThenFresh(String version) throws Exception {
        HandshakeCertificates certificates = certificates("localhost");
        ServerSocketFactory sockets = certificates.sslContext().getServerSocketFactory();
        CountDownLatch closed = new CountDownLatch(1);
        try (ServerSocket server = sockets.createServerSocket(0, 2, InetAddress.getLoopbackAddress());
                HttpTransport transport = trusting(certificates)) {
            ((SSLServerSocket) server).setEnabledProtocols(new String[] {version});
            start(() -> {
                try (Socket first = server.accept()) {
                    answer(first);
                    answer(first);
                }
                closed.countDown();
                try (Socket second = server.accept()) {
                    answer(second);
                }
            });
            URI uri = URI.create("https://localhost:" + server.getLocalPort() + "/v1");
            CallContext context = CallContext.create();
            TransportBench.post(transport, uri, context);
            // A connection that is still open must not be mistaken for a closed one, so the second reply arrives on the
            // first connection.
            TransportBench.post(transport, uri, context);
            closed.await();

            TransportException failure = TransportBench.failure(transport, uri, context);
            assertEquals(ErrorReason.STALE_CONNECTION, failure.reason());
            assertFalse(failure.sent());

            assertEquals(200, TransportBench.post(transport, uri, context).status());
        }
    }

    private interface Script {
        void run() throws IOException;
    }

    private static void start(Script script) {
        Thread server = new Thread(
                () -> {
                    try {
                        script.run();
                    } catch (IOException e) {
                        // the client closed the connection, or the test is over
                    }
                },
                "tls-server");
        server.setDaemon(true);
        server.start();
    }

    /** Reads a request with a body of one line and answers it. */
    private static void answer(Socket socket) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        int length = 0;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            if (line.startsWith("Content-Length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        in.skip(length);
        socket.getOutputStream().write(TransportBench.bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
    }
}
