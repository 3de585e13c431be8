package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests what happens only over HTTP/2: connections that end with a GOAWAY, refused streams and full windows. */
@Timeout(60)
class Http2Test {

    private static final int CALLERS = Integer.getInteger("llmspi.http2-callers", 40);
    private static final int MAX_RESENDS = 3;

    @BeforeEach
    void useHttp2() {
        HttpVersion.HTTP_2.use();
    }

    @AfterEach
    void useStandardVersion() {
        HttpVersion.HTTP_1_1.use();
    }

    /** Makes calls on several threads and returns the outcomes of all. */
    private static Queue<Outcome> run(FaultBench bench, Mode mode, int callers, int callsEach) throws Exception {
        Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
        CountDownLatch start = new CountDownLatch(callers);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread caller = new Thread(() -> {
                start.countDown();
                awaitOpen(start);
                for (int call = 0; call < callsEach; call++) {
                    outcomes.add(bench.call(mode));
                }
            });
            caller.start();
            threads.add(caller);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(callers * callsEach, outcomes.size());
        return outcomes;
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertAnsweredByTheFirst(FaultBench bench, Queue<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            assertEquals("hello", outcome.answer().text(), outcome::toString);
            assertEquals(1, outcome.sentTo("openrouter").size(), outcome::toString);
            for (Attempt unsent :
                    outcome.attempts().subList(0, outcome.attempts().size() - 1)) {
                assertEquals(ErrorReason.UNPROCESSED, unsent.reason().orElseThrow(), outcome::toString);
                assertFalse(unsent.sent());
            }
        }
        assertEquals(0, bench.portkey.posts());
        assertEquals(List.of(), bench.listener.events(CooldownChanged.class));
    }

    @Tag("fault-10.1")
    @ParameterizedTest
    @EnumSource
    void goAway_afterEvery20Requests_everyCallIsAnsweredWithOnePost(Mode mode) throws Exception {
        try (FaultBench bench = FaultBench.both().set("llm.retry.max-retries", 0)) {
            bench.front().requestsPerConnection(20);
            bench.openrouter.always(mode.answer("hello"));
            bench.portkey.always(mode.answer("backup"));
            assertAnsweredByTheFirst(bench, run(bench, mode, 6, 50));
            assertEquals(300, bench.openrouter.posts());
            assertTrue(bench.front().connections() >= 15);
        }
    }

    @Tag("fault-10.2")
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void moreCallersThanStreams_allAreAnsweredByTheFirstProvider(boolean announced) throws Exception {
        try (FaultBench bench = FaultBench.both()) {
            bench.front().maxStreams(CALLERS / 3, announced);
            Reply answer = Reply.answer("hello");
            bench.openrouter.always(connection -> {
                connection.pause(10);
                answer.send(connection);
            });
            bench.portkey.always(Reply.answer("backup"));
            bench.call(Mode.CHAT); // opens a connection, which all callers want to use at the same time
            assertAnsweredByTheFirst(bench, run(bench, Mode.CHAT, CALLERS, 4));
            assertEquals(1 + 4 * CALLERS, bench.openrouter.posts());
        }
    }

    @Tag("fault-10.2")
    @ParameterizedTest
    @EnumSource
    void refusedStreams_areSentAgainAtOnceAndCountedNowhere(Mode mode) {
        for (int refusals = 1; refusals <= MAX_RESENDS; refusals++) {
            // There are neither retries nor a budget for them, and one failure would start a cooldown.
            try (FaultBench bench =
                    FaultBench.both().set("llm.retry.max-retries", 0).set("llm.cooldown.after-failures", 1)) {
                bench.front().refuse(refusals);
                bench.openrouter.always(mode.answer("hello"));
                Outcome outcome = bench.call(mode);
                assertAnsweredByTheFirst(bench, new ConcurrentLinkedQueue<>(List.of(outcome)));
                assertEquals(1 + refusals, outcome.attempts().size(), outcome::toString);
                assertEquals(1, bench.openrouter.posts());
            }
        }
    }

    /** The body is larger than the window of a stream, so the refusal arrives while the rest waits. */
    @Tag("fault-10.2")
    @Test
    void refusedStream_largeBody_isSentAgainAtOnce() {
        try (FaultBench bench =
                FaultBench.both().set("llm.retry.max-retries", 0).set("llm.cooldown.after-failures", 1)) {
            bench.front().refuse(MAX_RESENDS);
            bench.openrouter.always(Reply.answer("hello"));
            Outcome outcome = bench.call(Mode.CHAT, ChatRequest.of("x".repeat(1_000_000)), CallOptions.none());
            assertAnsweredByTheFirst(bench, new ConcurrentLinkedQueue<>(List.of(outcome)));
            assertEquals(1 + MAX_RESENDS, outcome.attempts().size(), outcome::toString);
        }
    }

    /** The stream's window is so large that the rest of the body waits for the window of the connection. */
    @Tag("fault-10.2")
    @Test
    void refusedStream_whileTheBodyWaitsForTheConnection_isSentAgainAtOnce() {
        try (FaultBench bench =
                FaultBench.both().set("llm.retry.max-retries", 0).set("llm.cooldown.after-failures", 1)) {
            bench.front().announceWindows(2_000_000, 0).refuseAtFullWindow().refuse(MAX_RESENDS);
            bench.openrouter.always(Reply.answer("hello"));
            Outcome outcome = bench.call(Mode.CHAT, ChatRequest.of("x".repeat(1_000_000)), CallOptions.none());
            assertAnsweredByTheFirst(bench, new ConcurrentLinkedQueue<>(List.of(outcome)));
            assertEquals(1 + MAX_RESENDS, outcome.attempts().size(), outcome::toString);
        }
    }

    @Tag("fault-10.2")
    @ParameterizedTest
    @EnumSource
    void streamsRefusedForEver_areAConnectionErrorAfterThreeResends(Mode mode) {
        int retries = 2;
        try (FaultBench bench = FaultBench.both()
                .set("llm.retry.max-retries", retries)
                .set("llm.cooldown.after-failures", 1 + retries)) {
            bench.front().refuse(Integer.MAX_VALUE);
            bench.portkey.always(mode.answer("backup"));
            Outcome outcome = bench.call(mode);
            assertEquals("backup", outcome.answer().text(), outcome::toString);
            assertEquals(1 + MAX_RESENDS + retries + 1, outcome.attempts().size(), outcome::toString);
            assertEquals(ErrorKind.CONNECTION, outcome.attempts().get(0).kind().orElseThrow());
            assertEquals(0, bench.openrouter.posts());
            assertEquals(1, bench.listener.events(CooldownChanged.class).size());
        }
    }

    @Tag("fault-10.3")
    @ParameterizedTest
    @EnumSource
    @RepeatIfLate
    void windowThatNeverOpens_endsWithTheAttemptTimeout(Mode mode) {
        Duration timeout = Duration.ofMillis(300);
        ChatRequest large = ChatRequest.of("wort ".repeat(200_000));
        try (FaultBench bench = FaultBench.alone("openrouter")
                .set("llm.retry.max-retries", 0)
                .set("llm.timeouts.attempt", timeout)
                .set("llm.timeouts.first-token", timeout)) {
            bench.openrouter.always(Reply.hangAtHead());
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = bench.call(mode, large, CallOptions.none());
            assertEquals(ErrorKind.TIMEOUT, outcome.error().kind(), outcome::toString);
            watch.assertAtMost(timeout.plusMillis(250), outcome.took(), outcome::toString);
        }
    }
}
