package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.testkit.FakeReply;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a call ends when it is cancelled, interrupted or closed, even if its server never answers. */
@Timeout(20)
class TransportCancelTest {

    private static CallContext with(Cancellation cancellation) {
        return CallContext.builder().cancellation(cancellation).build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
                "HTTP/1.1 500 X\r\n\r\n{"
            })
    void cancel_hangingServer_endsTheCallAndItsConnection(String beginning) throws Exception {
        Cancellation cancellation = Cancellation.create();
        FakeReply hanging = connection -> {
            connection.write(TransportBench.bytes(beginning));
            cancellation.cancel();
            connection.awaitClientGone();
        };
        try (TransportBench bench = new TransportBench(hanging)) {
            TransportException failure = bench.failure(with(cancellation));

            assertEquals(ErrorReason.CANCELLED, failure.reason());
            assertTrue(failure.sent());
            bench.server.awaitClientsGone(1);
        }
    }

    @Test
    void cancel_beforeTheCall_nothingSent() {
        Cancellation cancellation = Cancellation.create();
        cancellation.cancel();
        try (TransportBench bench = new TransportBench()) {
            TransportException failure = bench.failure(with(cancellation));

            assertEquals(ErrorReason.CANCELLED, failure.reason());
            assertFalse(failure.sent());
            assertEquals(0, bench.server.connections());
        }
    }

    @Test
    void cancel_whileConnecting_endsUnsent() throws Exception {
        try (FullServer server = new FullServer();
                TransportBench bench = new TransportBench(FakeReply.close())) {
            bench.failure(); // loads the classes, so that the caller below blocks only in connect
            Cancellation cancellation = Cancellation.create();
            Thread caller = Thread.currentThread();
            Thread canceller = new Thread(() -> {
                while (caller.getState() == Thread.State.RUNNABLE) {
                    Thread.onSpinWait();
                }
                cancellation.cancel();
            });
            canceller.start();

            TransportException failure = TransportBench.failure(bench.transport, server.uri(), with(cancellation));

            canceller.join();
            assertEquals(ErrorReason.CANCELLED, failure.reason());
            assertFalse(failure.sent());
        }
    }

    @Test
    void interrupt_hangingServer_endsAndKeepsTheFlag() {
        Thread caller = Thread.currentThread();
        FakeReply interrupting = connection -> {
            caller.interrupt();
            connection.awaitClientGone();
        };
        try (TransportBench bench = new TransportBench(interrupting)) {
            TransportException failure = bench.failure();

            assertTrue(Thread.interrupted());
            assertEquals(ErrorReason.CANCELLED, failure.reason());
        }
    }

    @Test
    void close_duringACall_endsItAndRefusesTheNext() {
        try (TransportBench bench = new TransportBench()) {
            bench.server.then(connection -> {
                bench.transport.close();
                connection.awaitClientGone();
            });
            assertEquals(ErrorReason.CANCELLED, bench.failure().reason());

            TransportException afterwards = bench.failure();
            assertEquals(ErrorReason.CANCELLED, afterwards.reason());
            assertFalse(afterwards.sent());
        }
    }

    @Tag("fault-1.3")
    @Test
    void execute_connectTimeoutExpires_connectFailedUnsent() throws Exception {
        try (FullServer server = new FullServer();
                TransportBench bench = new TransportBench()) {
            CallContext context =
                    CallContext.builder().connectTimeout(Duration.ofMillis(200)).build();

            TransportException failure = TransportBench.failure(bench.transport, server.uri(), context);

            assertEquals(ErrorReason.CONNECT_FAILED, failure.reason());
            assertFalse(failure.sent());
        }
    }
}
