package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.testkit.FakeReply;
import java.net.URI;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests closing a transport while calls start, run and end. */
@Timeout(60)
class CloseTest {

    private static final int ROUNDS = 30;
    private static final int CALLERS = 8;

    @Test
    void close_underLoad_noConnectionStays() throws Exception {
        try (TransportBench bench = new TransportBench(FakeReply.json(200, "{}"))) {
            bench.server.repeat();
            for (int round = 0; round < ROUNDS; round++) {
                closeUnderLoad(bench.uri());
            }
            bench.server.awaitNoConnections(); // a connection kept for reuse would stay open for minutes
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
                post(transport, uri, Map.of());
            } catch (TransportException e) {
                return;
            } finally {
                warm.countDown();
            }
        }
    }

    @Test
    void close_whileTheRequestIsBuilt_cancelledUnsent() {
        try (TransportBench bench = new TransportBench()) {
            Map<String, String> closing = new AbstractMap<>() {
                @Override
                public Set<Entry<String, String>> entrySet() {
                    bench.transport.close();
                    return Set.of();
                }
            };
            TransportException failure =
                    assertThrows(TransportException.class, () -> post(bench.transport, bench.uri(), closing));

            assertEquals(ErrorReason.CANCELLED, failure.reason());
            assertFalse(failure.sent());
            assertEquals(0, bench.server.connections());
        }
    }

    private static WholeReply post(HttpTransport transport, URI uri, Map<String, String> headers)
            throws TransportException {
        return WholeReply.execute(
                transport, new RequestHead(uri, headers), JsonBody.of(new byte[] {'{', '}'}), CallContext.create());
    }
}
