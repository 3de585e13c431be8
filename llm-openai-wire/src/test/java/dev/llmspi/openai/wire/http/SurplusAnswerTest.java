package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.llmspi.api.CallContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests servers that send more than the answer to a request. The next request must not get the surplus. */
@Timeout(30)
class SurplusAnswerTest {

    private static final String SURPLUS = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsurplus";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    private static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            + "Transfer-Encoding: chunked\r\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";

    /** The status, the body and the bytes of an answer. */
    private record Answer(int status, String body, String bytes) {}

    private static final Answer[] ANSWERS = {
        new Answer(200, "first", LENGTH + "first"),
        new Answer(200, "first", CHUNKED + "5\r\nfirst\r\n0\r\n\r\n"),
        new Answer(200, "first", CHUNKED + "0002;x=y\r\nfi\r\n3 \r\nrst\r\n0\r\nTrailer: x\r\n\r\n"),
        new Answer(200, "first", CHUNKED.replace("\r\n", "\n") + "5\nfirst\n0\n\n"),
        new Answer(200, "first", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + LENGTH + "first"),
        new Answer(204, "", "HTTP/1.1 204 No Content\r\n\r\n"),
        new Answer(304, "", "HTTP/1.1 304 Not Modified\r\n\r\n"),
        new Answer(200, "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        new Answer(200, "", CHUNKED + "0\r\n\r\n"),
        new Answer(500, "first", "HTTP/1.1 500 X\r\nContent-Length: 5\r\n\r\nfirst"),
        new Answer(200, "data: [DONE]\n\n", EVENTS),
        new Answer(200, "x".repeat(50_000), "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + "x".repeat(50_000)),
        new Answer(200, "x".repeat(0xa000), CHUNKED + "A000\r\n" + "x".repeat(0xa000) + "\r\n0\r\n\r\n"),
    };

    private static final String[] SURPLUSES = {
        SURPLUS, SURPLUS + SURPLUS, SURPLUS.substring(0, 20), "x", "\r\n", "y".repeat(20_000)
    };

    static Stream<Arguments> surpluses() {
        return Stream.of(true, false).flatMap(tls -> Stream.of(ANSWERS)
                .flatMap(answer -> Stream.of(SURPLUSES).map(surplus -> Arguments.of(tls, answer, surplus))));
    }

    static Stream<Arguments> surplusesOfStreams() {
        return Stream.of(true, false).flatMap(tls -> Stream.of(SURPLUSES).map(surplus -> Arguments.of(tls, surplus)));
    }

    static Stream<Arguments> answers() {
        return Stream.of(true, false).flatMap(tls -> Stream.of(ANSWERS).map(answer -> Arguments.of(tls, answer)));
    }

    /** A server that sends the given bytes for each first request of a connection, and the second answer otherwise. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket listener;
        private final AtomicInteger connections = new AtomicInteger();
        private final String[] answers;
        private int taken;

        Server(ServerSocketFactory sockets, String... answers) throws IOException {
            this.answers = answers;
            this.listener = sockets.createServerSocket(0, 10, InetAddress.getLoopbackAddress());
            start(this::accept);
        }

        private static void start(Runnable work) {
            Thread thread = new Thread(work, "surplus-server");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    connections.incrementAndGet();
                    start(() -> serve(socket));
                } catch (IOException e) {
                    return; // the test is over
                }
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.isEmpty()) {
                        in.skip(7); // the body of the bench's request
                        socket.getOutputStream().write(TransportBench.bytes(next()));
                    }
                }
            } catch (IOException e) {
                // the client closed the connection
            }
        }

        private synchronized String next() {
            return answers[taken++];
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private static String text(WholeReply reply) {
        return new String(reply.body(), StandardCharsets.ISO_8859_1);
    }

    private static void withServer(boolean tls, Check check, String... answers) throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("localhost")
                .build();
        HandshakeCertificates certificates = new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .addTrustedCertificate(certificate.certificate())
                .build();
        ServerSocketFactory sockets =
                tls ? certificates.sslContext().getServerSocketFactory() : ServerSocketFactory.getDefault();
        try (Server server = new Server(sockets, answers);
                HttpTransport transport =
                        new HttpTransport(WholeReply.BOUNDS, new Network(certificates.trustManager(), null))) {
            String scheme = tls ? "https" : "http";
            check.run(server, transport, URI.create(scheme + "://localhost:" + server.listener.getLocalPort() + "/v1"));
        }
    }

    private interface Check {
        void run(Server server, HttpTransport transport, URI uri) throws Exception;
    }

    @Tag("fault-1.16")
    @ParameterizedTest
    @MethodSource("surpluses")
    void surplusAfterAnAnswer_isNotTheNextAnswer(boolean tls, Answer answer, String surplus) throws Exception {
        Check check = (server, transport, uri) -> {
            CallContext context = CallContext.create();
            WholeReply first = TransportBench.post(transport, uri, context);
            assertEquals(answer.status(), first.status());
            assertEquals(answer.body(), text(first));

            WholeReply second = postUnlessStale(transport, uri);
            assertEquals("second", text(second));
            assertEquals(2, server.connections.get());
        };
        withServer(tls, check, answer.bytes() + surplus, second());
    }

    private static String second() {
        return "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond";
    }

    /** Sends a request, and sends it again if the first time it was found before sending that the connection is bad. */
    private static WholeReply postUnlessStale(HttpTransport transport, URI uri) throws TransportException {
        try {
            return TransportBench.post(transport, uri, CallContext.create());
        } catch (TransportException e) {
            assertFalse(e.sent());
            return TransportBench.post(transport, uri, CallContext.create());
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void answerWithoutSurplus_connectionIsUsedAgain(boolean tls, Answer answer) throws Exception {
        Check check = (server, transport, uri) -> {
            for (int i = 0; i < 3; i++) {
                assertEquals(answer.body(), text(TransportBench.post(transport, uri, CallContext.create())));
            }
            assertEquals("second", text(TransportBench.post(transport, uri, CallContext.create())));
            assertEquals(1, server.connections.get());
        };
        withServer(tls, check, answer.bytes(), answer.bytes(), answer.bytes(), second());
    }

    @Tag("fault-1.16")
    @ParameterizedTest
    @MethodSource("surplusesOfStreams")
    void surplusAfterAStream_isNotTheNextAnswer(boolean tls, String surplus) throws Exception {
        Check check = (server, transport, uri) -> {
            RequestHead head = new RequestHead(uri, Map.of());
            JsonBody body = JsonBody.of(TransportBench.bytes("{\"a\":1}"));
            try (OpenReply reply = transport.open(head, body, CallContext.create())) {
                assertNotNull(reply.nextEvent());
                reply.letGo();
            }
            assertEquals("second", text(postUnlessStale(transport, uri)));
            assertEquals(2, server.connections.get());
        };
        withServer(tls, check, EVENTS + surplus, second());
    }
}
