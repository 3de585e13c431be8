package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.DeafPort;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks that calls with a deadline of 500 ms end at that deadline, no matter how all providers of the chain stall. */
@Timeout(300)
class StallTest extends BothHttpVersions {

    private static final int RUNS = Integer.getInteger("llmspi.stalls", 2);
    /**
     * The number of scenarios that run at the same time. A server that sends a byte every 5 ms keeps a core partly
     * busy, so with more of them the test would measure its own servers.
     */
    private static final int AT_ONCE = 4;

    private static final Duration DEADLINE = Duration.ofMillis(500);
    private static final Duration LATEST = Duration.ofMillis(600);

    private static final ChatRequest LARGE = ChatRequest.of("wort ".repeat(1_600_000));

    private static final String EVENTS =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

    private static final Map<String, Reply> STALLS = Map.of(
            "no head", Reply.hang(),
            "a head, then silence", Reply.headThenHang(200, "application/json"),
            "a head byte by byte", Reply.drip("HTTP/1.1 200 OK\r\nX-Slow: ", "x", 5),
            "a body byte by byte", Reply.drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n", 5),
            "an error body byte by byte",
                    Reply.drip("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n", 5),
            "comments", Reply.drip(EVENTS, ": OPENROUTER PROCESSING\n\n", 5),
            "an event byte by byte", Reply.drip(EVENTS + "data: {\"choices\":[{\"delta\":{\"content\":\"", "x", 5),
            "content, then silence", StreamReply.chunked().role().text("hel"));

    @Tag("fault-2.1")
    @Tag("fault-2.2")
    @Tag("fault-2.3")
    @Tag("fault-2.4")
    @Test
    void everyStall_endsAtTheDeadline() throws Exception {
        warmUp();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (Stopwatch.Scenario scenario : scenarios()) {
                all.add(threads.submit(() -> {
                    scenario.run();
                    return null;
                }));
            }
            threads.shutdown();
            assertTrue(threads.awaitTermination(
                    290, TimeUnit.SECONDS)); // let all scenarios end before the first failure ends the test
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Stopwatch.Scenario> scenarios() {
        List<Stopwatch.Scenario> scenarios = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            STALLS.forEach((name, stall) -> scenarios.add(() -> stallAt(mode, name, stall)));
            scenarios.add(() -> stallBehind(DeafPort.full(), "http", mode));
            scenarios.add(() -> stallBehind(DeafPort.silent(), "https", mode));
            scenarios.add(() -> stallInTheRequest(mode));
        }
        return scenarios;
    }

    /**
     * Makes one unmeasured call of each kind. The first call in a JVM loads classes. Over TLS, it also reads the trust
     * store, which keeps the calling thread busy for longer than the limit allows.
     */
    private static void warmUp() {
        for (Mode mode : Mode.values()) {
            try (FaultBench bench = FaultBench.both()) {
                bench.openrouter.then(mode.answer("hello")).always(Reply.hang());
                bench.portkey.always(Reply.hang());
                bench.call(mode);
                bench.call(mode, atMost(DEADLINE));
                bench.call(mode, LARGE, atMost(DEADLINE));
            }
            try (DeafPort port = DeafPort.silent();
                    FaultBench bench = FaultBench.both()) {
                bench.baseUrl("openrouter", port.url("https")).baseUrl("portkey", port.url("https"));
                bench.call(mode, atMost(DEADLINE));
            }
        }
    }

    private static CallOptions atMost(Duration time) {
        return CallOptions.builder().timeout(time).build();
    }

    private static void stallAt(Mode mode, String name, Reply stall) throws Exception {
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(stall);
            bench.portkey.always(stall);
            assertEnds(bench, mode, ChatRequest.of("hi"), name);
            // On a busy machine, a call can reach its deadline before its request reaches the server.
            assertTrue(bench.openrouter.posts() > RUNS / 2, name);
        }
    }

    private static void stallBehind(DeafPort port, String scheme, Mode mode) throws Exception {
        try (port;
                FaultBench bench = FaultBench.both()) {
            bench.baseUrl("openrouter", port.url(scheme)).baseUrl("portkey", port.url(scheme));
            assertEnds(bench, mode, ChatRequest.of("hi"), "deaf port, " + scheme);
        }
    }

    /** Checks servers that read only the head of a request, if the request is larger than the socket buffers. */
    private static void stallInTheRequest(Mode mode) throws Exception {
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(Reply.hangAtHead());
            bench.portkey.always(Reply.hangAtHead());
            assertEnds(bench, mode, LARGE, "request not read");
        }
    }

    private static void assertEnds(FaultBench bench, Mode mode, ChatRequest request, String stall) throws Exception {
        bench.client();
        for (int run = 0; run < RUNS; run++) {
            String where = stall + ", " + mode + ", run " + run;
            Stopwatch.twoOfThree(() -> {
                Stopwatch watch = Stopwatch.start();
                Outcome outcome = bench.call(mode, request, atMost(DEADLINE));
                assertTrue(outcome.took().compareTo(DEADLINE) >= 0, () -> where + ", " + outcome);
                watch.assertAtMost(LATEST, outcome.took(), () -> where + ", " + outcome);
                assertEquals(ErrorKind.TIMEOUT, outcome.error().kind(), () -> where + ", " + outcome);
            });
        }
    }
}
