package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorReason;
import java.net.URI;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A transport is closed while calls begin, run and end. */
@Timeout(60)
class CloseTest {

    private static final int ROUNDS = 60;
    private static final int CALLERS = 8;

    @Test
    void close_underLoad_noConnectionStays() throws Exception {
        Queue<CountDownLatch> connections = new ConcurrentLinkedQueue<>();
        try (RawServer server = new RawServer((number, connection) -> {
            CountDownLatch gone = new CountDownLatch(1);
            connections.add(gone);
            try {
                while (true) {
                    connection.request();
                    connection.answer("{}");
                }
            } finally {
                gone.countDown();
            }
        })) {
            for (int round = 0; round < ROUNDS; round++) {
                closeUnderLoad(server.uri());
            }
            for (CountDownLatch connection : connections) {
                // Kept connections would stay for minutes.
                assertTrue(connection.await(3, TimeUnit.SECONDS));
            }
        }
    }

    private static void closeUnderLoad(URI uri) throws Exception {
        HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, Network.STANDARD);
        CountDownLatch warm = new CountDownLatch(CALLERS);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Thread caller = new Thread(() -> callUntilClosed(transport, uri, warm));
            caller.start();
            callers.add(caller);
        }
        warm.await();
        transport.close();
        for (Thread caller : callers) {
            caller.join();
        }
    }

    private static void callUntilClosed(HttpTransport transport, URI uri, CountDownLatch warm) {
        while (true) {
            try {
                WholeReply.execute(transport, call(uri, Map.of()), CallContext.create());
            } catch (TransportException e) {
                return;
            } finally {
                warm.countDown();
            }
        }
    }

    @Test
    void close_whileTheRequestIsMade_cancelledUnsent() throws Exception {
        HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, Network.STANDARD);
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.answer("{}");
        })) {
            Map<String, String> closing = new AbstractMap<>() {
                @Override
                public Set<Entry<String, String>> entrySet() {
                    transport.close();
                    return Set.of();
                }
            };
            TransportException failure = assertThrows(
                    TransportException.class,
                    () -> WholeReply.execute(transport, call(server.uri(), closing), CallContext.create()));

            assertEquals(ErrorReason.CANCELLED, failure.reason());
            assertFalse(failure.sent());
            assertEquals(0, server.connections.get());
        }
    }

    private static HttpCall call(URI uri, Map<String, String> headers) {
        return new HttpCall(uri, headers, JsonBody.of(new byte[] {'{', '}'}));
    }
}
