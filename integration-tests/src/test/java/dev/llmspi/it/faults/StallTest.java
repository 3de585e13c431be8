package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.DeafPort;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
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

/** Every provider stalls, in every way there is; retries and fallback stand ready; the caller gives it 500 ms. */
@Timeout(300)
class StallTest {

    private static final int RUNS = Integer.getInteger("llmspi.stalls", 3);
    private static final int AT_ONCE = 8;
    private static final long DEADLINE_MILLIS = 500;
    private static final long LATEST_MILLIS = 600;

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
            for (Mode mode : Mode.values()) {
                STALLS.forEach((name, stall) -> all.add(threads.submit(() -> stallAt(mode, name, stall))));
                all.add(threads.submit(() -> stallBehind(DeafPort.full(), "http", mode)));
                all.add(threads.submit(() -> stallBehind(DeafPort.silent(), "https", mode)));
                all.add(threads.submit(() -> stallInTheRequest(mode)));
            }
            threads.shutdown();
            assertTrue(threads.awaitTermination(290, TimeUnit.SECONDS)); // before the first failure ends the test
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** What a JVM does once, such as loading classes, is not what is measured. */
    private static void warmUp() {
        for (Mode mode : Mode.values()) {
            try (FaultBench bench = FaultBench.both()) {
                bench.openrouter.then(mode.answer("hello")).always(Reply.hang());
                bench.portkey.always(Reply.hang());
                bench.call(mode);
                bench.call(mode, atMost(Duration.ofMillis(DEADLINE_MILLIS)));
            }
        }
    }

    private static CallOptions atMost(Duration time) {
        return CallOptions.builder().timeout(time).build();
    }

    private static void stallAt(Mode mode, String name, Reply stall) {
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(stall);
            bench.portkey.always(stall);
            assertEnds(bench, mode, ChatRequest.of("hi"), name);
            assertTrue(bench.openrouter.posts() >= RUNS, name);
        }
    }

    private static void stallBehind(DeafPort port, String scheme, Mode mode) {
        try (port;
                FaultBench bench = FaultBench.both()) {
            bench.baseUrl("openrouter", port.url(scheme)).baseUrl("portkey", port.url(scheme));
            assertEnds(bench, mode, ChatRequest.of("hi"), "deaf port, " + scheme);
        }
    }

    /** More than the buffers between client and server hold, and nobody reads it. */
    private static void stallInTheRequest(Mode mode) {
        ChatRequest large = ChatRequest.of("wort ".repeat(1_600_000));
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(Reply.hangAtHead());
            bench.portkey.always(Reply.hangAtHead());
            assertEnds(bench, mode, large, "nobody reads");
        }
    }

    private static void assertEnds(FaultBench bench, Mode mode, ChatRequest request, String stall) {
        bench.client();
        try (Standstill machine = new Standstill()) {
            for (int run = 0; run < RUNS; run++) {
                machine.takeMillis();
                Outcome outcome = bench.call(mode, request, atMost(Duration.ofMillis(DEADLINE_MILLIS)));
                long took = outcome.took().toMillis();
                long stood = machine.takeMillis();
                String where = stall + ", " + mode + ", run " + run + ": took " + took + " ms, " + stood
                        + " ms of which the machine stood still";
                assertTrue(took >= DEADLINE_MILLIS && took - stood <= LATEST_MILLIS, () -> where + ", " + outcome);
                assertEquals(ErrorKind.TIMEOUT, outcome.error().kind(), () -> where + ", " + outcome);
            }
        }
    }
}
