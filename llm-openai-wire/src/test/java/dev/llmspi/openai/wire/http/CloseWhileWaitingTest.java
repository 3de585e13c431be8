package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorReason;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reply is closed while a thread waits for the first bytes of its body. */
@Timeout(20)
class CloseWhileWaitingTest {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    private static boolean isWaiting(Thread reader) {
        return Arrays.stream(reader.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(EventStart.class.getName()));
    }

    /** The server sends a head, and some blanks or nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"", "2\r\n\n\n\r\n"})
    void close_ofAReplyThatIsLookedAt_endsTheCallAtOnce(String begun) throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (RawServer server = new RawServer((number, connection) -> {
                    connection.request();
                    connection.write(HEAD + begun);
                    try {
                        connection.awaitEnd();
                    } finally {
                        gone.countDown();
                    }
                });
                HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, Network.STANDARD)) {
            OpenReply reply = open(transport, server);
            FutureTask<Boolean> looking = new FutureTask<>(reply::beginsWithEvents);
            Thread reader = new Thread(looking);
            reader.start();
            while (!isWaiting(reader)) {
                assertTrue(reader.isAlive(), "it must wait");
                Thread.onSpinWait();
            }

            assertTimeoutPreemptively(AT_ONCE, reply::close);

            assertFalse(looking.get(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS));
            assertTrue(gone.await(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS), "the connection is given up");
            assertEquals(
                    ErrorReason.CANCELLED,
                    assertThrows(TransportException.class, reply::nextEvent).reason());
        }
    }

    @Test
    void beginsWithEvents_ofAReplyThatIsClosed_isFalse() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
                    connection.request();
                    connection.write(HEAD);
                    connection.awaitEnd();
                });
                HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, Network.STANDARD)) {
            OpenReply reply = open(transport, server);
            reply.close();
            assertFalse(assertTimeoutPreemptively(AT_ONCE, reply::beginsWithEvents));
        }
    }

    private static OpenReply open(HttpTransport transport, RawServer server) throws TransportException {
        return transport.open(
                new HttpCall(server.uri(), Map.of(), JsonBody.of(new byte[] {'{', '}'})), CallContext.create());
    }
}
