package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.testkit.FakeReply;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests over plain HTTP: replies, broken replies, and the connections that are kept for reuse. */
@Timeout(20)
class HttpTransportTest {

    private static final FakeReply OK = FakeReply.json(200, "{}");

    @Test
    void execute_keptConnectionClosedByServer_staleAndUnsentThenFresh() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        FakeReply closing = connection -> {
            OK.send(connection);
            connection.close();
            closed.countDown();
        };
        try (TransportBench bench = new TransportBench(closing, OK)) {
            bench.post();
            closed.await();

            TransportException failure = bench.failure();
            assertEquals(ErrorReason.STALE_CONNECTION, failure.reason());
            assertFalse(failure.sent());
            assertEquals(1, bench.requests());

            assertEquals(200, bench.post().status());
            assertEquals(2, bench.requests());
        }
    }

    @Test
    void execute_liveKeptConnection_isReused() throws Exception {
        try (TransportBench bench = new TransportBench(OK)) {
            bench.server.repeat();
            for (int i = 0; i < 20; i++) {
                bench.post();
            }
            assertEquals(1, bench.server.connections());
            assertEquals(20, bench.requests());
        }
    }

    @Test
    void execute_closeBeforeHead_lostSentAndNotSentAgain() {
        try (TransportBench bench = new TransportBench(FakeReply.close())) {
            TransportException failure = bench.failure();

            assertEquals(ErrorReason.CONNECTION_LOST, failure.reason());
            assertTrue(failure.sent());
            assertEquals(1, bench.requests());
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
    void execute_brokenHttp_lostAndSent(String bytes) {
        try (TransportBench bench = new TransportBench(FakeReply.raw(bytes))) {
            TransportException failure = bench.failure();

            assertEquals(ErrorKind.CONNECTION, failure.kind());
            assertEquals(ErrorReason.CONNECTION_LOST, failure.reason());
            assertTrue(failure.sent());
            assertFalse(failure.getMessage().contains("SSH"), failure::getMessage);
            assertEquals(1, bench.requests());
        }
    }

    @Test
    void execute_announcedAsGzipButPlain_malformed() {
        String plain = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\nnot gzip at ";
        try (TransportBench bench = new TransportBench(TransportBench.open(plain))) {
            TransportException failure = bench.failure();

            assertEquals(ErrorKind.SERVICE, failure.kind());
            assertEquals(ErrorReason.MALFORMED_RESPONSE, failure.reason());
            assertEquals(200, failure.status());
        }
    }

    @Test
    void execute_compressedBomb_tooLargeAfterDecompression() {
        try (TransportBench bench = new TransportBench(TransportBench.gzipped(200, new byte[10 * 1024 * 1024]))) {
            TransportException failure = bench.failure();

            assertEquals(ErrorKind.SERVICE, failure.kind());
            assertEquals(ErrorReason.TOO_LARGE, failure.reason());
        }
    }

    @Tag("fault-3.13")
    @Test
    void execute_hugeErrorBody_statusAndBeginningAreKept() throws Exception {
        try (TransportBench bench = new TransportBench(TransportBench.gzipped(500, new byte[10 * 1024 * 1024]))) {
            WholeReply reply = bench.post();

            assertEquals(500, reply.status());
            assertEquals(64 * 1024, reply.body().length);
        }
    }

    @Tag("fault-1.12")
    @Tag("fault-3.8")
    @Tag("fault-3.10")
    @ParameterizedTest
    @CsvSource({"408,X: 1", "503,Retry-After: 0", "421,X: 1", "307,Location: /other", "302,Location: /"})
    void execute_statusThatOkHttpRepeats_isSentOnce(int status, String header) throws Exception {
        FakeReply reply = FakeReply.of(status, "", "", header);
        try (TransportBench bench = new TransportBench(reply)) {
            bench.server.repeat().serves("/chat/completions", reply);

            assertEquals(status, bench.post().status());
            assertEquals(1, bench.requests());
            assertEquals(status, bench.get().status());
            assertEquals(2, bench.requests());
        }
    }

    @Test
    void execute_proxyAuthenticationRequested_failsAfterOneRequest() {
        FakeReply asks = FakeReply.of(407, "", "", "Proxy-Authenticate: Basic");
        try (TransportBench bench = new TransportBench(asks)) {
            assertEquals(ErrorReason.PROXY_AUTHENTICATION, bench.failure().reason());
            assertEquals(1, bench.requests());
        }
    }

    @Test
    void execute_interimResponses_areSkipped() throws Exception {
        FakeReply hints = connection -> {
            connection.write(TransportBench.bytes("HTTP/1.1 103 Early Hints\r\n\r\n"));
            OK.send(connection);
        };
        try (TransportBench bench = new TransportBench(hints)) {
            assertEquals(200, bench.post().status());
        }
    }

    @Test
    void execute_closedPort_connectFailedUnsent() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        TransportException failure = failure("http://127.0.0.1:" + port + "/v1");

        assertEquals(ErrorReason.CONNECT_FAILED, failure.reason());
        assertFalse(failure.sent());
    }

    @Test
    void execute_unknownHost_unsentAndWithoutUrl() {
        TransportException failure = failure("http://no-such-host.invalid/v1?q=secret");

        assertEquals(ErrorReason.UNKNOWN_HOST, failure.reason());
        assertFalse(failure.sent());
        assertFalse(failure.getMessage().contains("secret"));
    }

    private static TransportException failure(String uri) {
        try (HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, Network.STANDARD)) {
            return TransportBench.failure(transport, URI.create(uri), CallContext.create());
        }
    }
}
