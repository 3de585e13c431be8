package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.testkit.FakeLlmServer;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests calls whose host name is resolved late or never. */
@Timeout(20)
class HostLookupsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** A name server that answers only when the test allows it, and then always with 127.0.0.1. */
    private static final class SlowNames implements HostLookups.Resolver {
        final Map<String, Integer> asked = new ConcurrentHashMap<>();
        final AtomicInteger busy = new AtomicInteger();
        final AtomicInteger mostBusy = new AtomicInteger();
        final Semaphore questions = new Semaphore(0);
        final CountDownLatch answers = new CountDownLatch(1);

        @Override
        public List<InetAddress> resolve(String host) throws UnknownHostException {
            asked.merge(host, 1, Integer::sum);
            mostBusy.accumulateAndGet(busy.incrementAndGet(), Math::max);
            questions.release();
            try {
                answers.await();
            } catch (InterruptedException e) {
                throw new AssertionError("a look-up must not be interrupted", e);
            } finally {
                busy.decrementAndGet();
            }
            if (host.endsWith(".invalid")) {
                throw new UnknownHostException(host + ": no such name");
            }
            return List.of(InetAddress.getByName("127.0.0.1"));
        }
    }

    private final SlowNames names = new SlowNames();
    private final HostLookups lookups = new HostLookups(names);

    private HttpTransport transport() {
        return new HttpTransport(WholeReply.BOUNDS, Network.STANDARD, lookups);
    }

    private static URI uri(String host, FakeLlmServer server) {
        return URI.create(server.url().replace("127.0.0.1", host));
    }

    private static CallContext within(Duration connectTimeout) {
        return CallContext.builder().connectTimeout(connectTimeout).build();
    }

    private static TransportException failure(HttpTransport transport, String host, CallContext context) {
        return TransportBench.failure(transport, URI.create("http://" + host + ":1/v1"), context);
    }

    @Tag("fault-1.14")
    @Test
    void noAnswer_endsUnsentWithTheConnectTimeout() {
        try (HttpTransport transport = transport()) {
            TransportException failure = failure(transport, "name.test", within(Duration.ofMillis(100)));

            assertEquals(ErrorReason.UNKNOWN_HOST, failure.reason());
            assertFalse(failure.sent());
            assertEquals(Map.of("name.test", 1), names.asked);
        }
    }

    @Test
    void unknownName_failsWithTheResolversMessage() {
        names.answers.countDown();
        try (HttpTransport transport = transport()) {
            TransportException failure = failure(transport, "name.invalid", within(LONG));

            assertEquals(ErrorReason.UNKNOWN_HOST, failure.reason());
            assertEquals("name.invalid: no such name", failure.getCause().getMessage());
        }
    }

    @Test
    void cancel_duringTheLookUp_endsTheCall() throws Exception {
        Cancellation cancellation = Cancellation.create();
        CallContext context = CallContext.builder()
                .cancellation(cancellation)
                .connectTimeout(LONG)
                .build();
        try (HttpTransport transport = transport()) {
            Thread canceller = onceAsked(cancellation::cancel);

            TransportException failure = failure(transport, "name.test", context);

            canceller.join();
            assertEquals(ErrorReason.CANCELLED, failure.reason());
            assertFalse(failure.sent());
        }
    }

    @Test
    void close_duringTheLookUp_endsTheCall() throws Exception {
        HttpTransport transport = transport();
        Thread closer = onceAsked(transport::close);

        TransportException failure = failure(transport, "name.test", within(LONG));

        closer.join();
        assertEquals(ErrorReason.CANCELLED, failure.reason());
    }

    @Test
    void interrupt_duringTheLookUp_endsTheCallAndKeepsTheFlag() throws Exception {
        Thread caller = Thread.currentThread();
        try (HttpTransport transport = transport()) {
            Thread interrupter = onceAsked(caller::interrupt);

            TransportException failure = failure(transport, "name.test", within(LONG));

            assertTrue(Thread.interrupted());
            interrupter.join();
            assertEquals(ErrorReason.CANCELLED, failure.reason());
        }
    }

    private Thread onceAsked(Runnable action) {
        Thread thread = new Thread(() -> {
            names.questions.acquireUninterruptibly();
            action.run();
        });
        thread.start();
        return thread;
    }

    @Test
    void callersOfOneName_shareALookUp_andAnotherFollowsItsEnd() throws Exception {
        try (FakeLlmServer server = FakeLlmServer.openAi();
                HttpTransport transport = transport()) {
            server.answers("hello").repeat();
            URI uri = uri("name.test", server);
            CallContext impatient = within(Duration.ofMillis(100));
            List<Callable<TransportException>> calls =
                    Collections.nCopies(50, () -> TransportBench.failure(transport, uri, impatient));
            ExecutorService callers = Executors.newFixedThreadPool(calls.size());
            try {
                for (Future<TransportException> failure : callers.invokeAll(calls)) {
                    assertEquals(ErrorReason.UNKNOWN_HOST, failure.get().reason());
                }
            } finally {
                callers.shutdownNow();
            }
            assertEquals(Map.of("name.test", 1), names.asked);

            names.answers.countDown();
            assertEquals(200, TransportBench.post(transport, uri, within(LONG)).status());
        }
    }

    @Test
    void manyNames_useABoundedNumberOfThreads_andForgottenNamesAreNotAsked() throws Exception {
        int count = 3 * HostLookups.MAX_THREADS;
        ExecutorService callers = Executors.newFixedThreadPool(count);
        try (HttpTransport transport = transport()) {
            List<Future<TransportException>> failures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String host = "name" + i + ".test";
                failures.add(callers.submit(() -> failure(transport, host, within(Duration.ofMillis(300)))));
            }
            for (Future<TransportException> failure : failures) {
                assertEquals(ErrorReason.UNKNOWN_HOST, failure.get().reason());
            }
            assertEquals(HostLookups.MAX_THREADS, names.busy.get());
            names.answers.countDown();
            names.questions.acquireUninterruptibly(HostLookups.MAX_THREADS);
            failure(transport, "another.invalid", within(LONG)); // is resolved after all the others
            assertEquals(HostLookups.MAX_THREADS, names.mostBusy.get());
            assertEquals(HostLookups.MAX_THREADS + 1, names.asked.size(), names.asked::toString);
        } finally {
            callers.shutdownNow();
        }
    }

    /** OkHttp's own connect timeout starts anew for each address and does not include the look-up. */
    @Test
    void lateAnswerWithManyAddresses_endsWithTheConnectTimeout() throws Exception {
        Duration timeout = Duration.ofSeconds(1);
        CountDownLatch never = new CountDownLatch(1);
        HostLookups late = new HostLookups(host -> {
            List<InetAddress> addresses = new ArrayList<>();
            try {
                assertFalse(never.await(timeout.toMillis() * 8 / 10, TimeUnit.MILLISECONDS)); // a slow name server
                for (int i = 1; i <= 9; i++) {
                    addresses.add(InetAddress.getByName("127.0.0." + i));
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return addresses;
        });
        try (FullServer server = new FullServer();
                HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, Network.STANDARD, late)) {
            long start = System.nanoTime();
            TransportException failure = TransportBench.failure(transport, server.uri("name.test"), within(timeout));
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertEquals(ErrorReason.CONNECT_FAILED, failure.reason());
            assertFalse(failure.sent());
            assertTrue(took.compareTo(timeout) >= 0, took::toString);
            assertTrue(took.compareTo(timeout.multipliedBy(2)) < 0, took::toString);
        }
    }

    @Test
    void addressAndPooledConnection_needNoLookUp() throws Exception {
        try (FakeLlmServer server = FakeLlmServer.openAi();
                HttpTransport transport = transport()) {
            server.answers("hello").repeat();
            CallContext context = within(LONG);
            assertEquals(
                    200,
                    TransportBench.post(transport, uri("127.0.0.1", server), context)
                            .status());
            assertEquals(Map.of(), names.asked);

            names.answers.countDown();
            TransportBench.post(transport, uri("name.test", server), context);
            TransportBench.post(transport, uri("name.test", server), context);
            assertEquals(Map.of("name.test", 1), names.asked);
        }
    }
}
