package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorReason;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests closing a reply while a thread waits for the first bytes of its body. */
@Timeout(20)
class CloseWhileWaitingTest {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final Duration SOON = Duration.ofSeconds(2);

    private static boolean isWaiting(Thread reader) {
        return Arrays.stream(reader.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(EventStart.class.getName()));
    }

    /** The server sends the head of the reply, followed by a few blanks or by nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"", "2\r\n\n\n\r\n"})
    void close_whileTheFirstBytesAreAwaited_endsTheCall(String beginning) throws Exception {
        try (TransportBench bench = new TransportBench(TransportBench.open(HEAD + beginning))) {
            OpenReply reply = bench.open();
            FutureTask<Boolean> looking = new FutureTask<>(reply::beginsWithEvents);
            Thread reader = new Thread(looking);
            reader.start();
            while (!isWaiting(reader)) {
                assertTrue(reader.isAlive(), "the reader must wait");
                Thread.onSpinWait();
            }

            assertTimeoutPreemptively(SOON, reply::close);

            assertFalse(looking.get());
            bench.server.awaitClientsGone(1);
            assertEquals(
                    ErrorReason.CANCELLED,
                    assertThrows(TransportException.class, reply::nextEvent).reason());
        }
    }

    @Test
    void beginsWithEvents_ofAClosedReply_isFalse() throws Exception {
        try (TransportBench bench = new TransportBench(TransportBench.open(HEAD))) {
            OpenReply reply = bench.open();
            reply.close();
            assertFalse(assertTimeoutPreemptively(SOON, reply::beginsWithEvents));
        }
    }
}
