package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.DeafPort;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Interrupts a caller in each phase of an attempt: the call ends as cancelled, and no other provider is called. */
@Timeout(60)
@RepeatIfLate
class InterruptTest extends BothHttpVersions {

    private static final Duration LIMIT = Duration.ofMillis(250);
    private static final String LARGE_PROMPT = "wort ".repeat(1_600_000); // exceeds all socket buffers

    /** The end of a call and the interrupt flag of its thread after the call. */
    private record Ended(Outcome outcome, boolean flag) {}

    /** Runs a call on its own thread. */
    private static final class Caller {
        private final AtomicReference<Ended> ended = new AtomicReference<>();
        private final Thread thread;

        Caller(FaultBench bench, Mode mode, String prompt, boolean interrupted) {
            thread = new Thread(() -> {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                Outcome outcome = bench.call(mode, ChatRequest.of(prompt), CallOptions.none());
                ended.set(new Ended(outcome, Thread.currentThread().isInterrupted()));
            });
            thread.start();
        }

        /** Waits until the thread executes a method of this name. */
        void awaitIn(String method) {
            while (Stream.of(thread.getStackTrace())
                    .noneMatch(frame -> frame.getMethodName().equals(method))) {
                assertTrue(thread.isAlive(), () -> "never in " + method + ": " + ended);
                Thread.onSpinWait();
            }
        }

        Outcome interrupt() throws InterruptedException {
            Stopwatch watch = Stopwatch.start();
            thread.interrupt();
            thread.join(TimeUnit.SECONDS.toMillis(20));
            watch.assertAtMost(LIMIT, () -> "the end of the call");
            return cancelled();
        }

        Outcome cancelled() throws InterruptedException {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertInstanceOf(CancellationException.class, ended.get().outcome().thrown(), ended::toString);
            assertTrue(ended.get().flag(), "the interrupt flag");
            return ended.get().outcome();
        }
    }

    private static void assertOneAttempt(Outcome outcome, boolean sent) {
        assertEquals(1, outcome.attempts().size(), outcome::toString);
        Attempt attempt = outcome.attempts().get(0);
        assertEquals(Attempt.Outcome.CANCELLED, attempt.outcome(), outcome::toString);
        assertEquals(sent, attempt.sent(), outcome::toString);
    }

    private static FaultBench answeringAtPortkey(Mode mode) {
        FaultBench bench = FaultBench.both();
        bench.portkey.always(mode.answer("hello"));
        return bench;
    }

    @Tag("fault-2.9")
    @ParameterizedTest
    @EnumSource(names = {"CHAT", "STREAM"})
    void interrupt_beforeTheCall_nothingIsSent(Mode mode) throws Exception {
        try (FaultBench bench = answeringAtPortkey(mode)) {
            bench.openrouter.always(mode.answer("hello"));
            Outcome outcome = new Caller(bench, mode, "hi", true).cancelled();
            assertEquals(0, outcome.sentTo("openrouter").size(), outcome::toString);
            assertEquals(0, bench.portkey.posts());
        }
    }

    @Tag("fault-2.9")
    @ParameterizedTest
    @CsvSource({"CHAT, http", "CHAT, https", "STREAM, http", "STREAM, https"})
    void interrupt_whileConnecting_endsUnsentWithTheFlagSet(Mode mode, String scheme) throws Exception {
        try (DeafPort port = DeafPort.full();
                FaultBench bench = answeringAtPortkey(mode).baseUrl("openrouter", port.url(scheme))) {
            Caller caller = new Caller(bench, mode, "hi", false);
            caller.awaitIn("awaitTcpConnect"); // OkHttp's wait for the connection
            assertOneAttempt(caller.interrupt(), false);
            assertEquals(0, bench.portkey.posts());
        }
    }

    @Tag("fault-2.9")
    @ParameterizedTest
    @EnumSource(names = {"CHAT", "STREAM"})
    void interrupt_inTheHandshake_endsUnsentWithTheFlagSet(Mode mode) throws Exception {
        try (DeafPort port = DeafPort.silent();
                FaultBench bench = answeringAtPortkey(mode).baseUrl("openrouter", port.url("https"))) {
            Caller caller = new Caller(bench, mode, "hi", false);
            caller.awaitIn("startHandshake");
            assertOneAttempt(caller.interrupt(), false);
            assertEquals(0, bench.portkey.posts());
        }
    }

    @Tag("fault-2.9")
    @ParameterizedTest
    @EnumSource(names = {"CHAT", "STREAM"})
    void interrupt_whileSending_endsWithTheFlagSet(Mode mode) throws Exception {
        try (FaultBench bench = answeringAtPortkey(mode)) {
            bench.openrouter.always(Reply.hangAtHead());
            Caller caller = new Caller(bench, mode, LARGE_PROMPT, false);
            bench.openrouter.awaitPosts(1);
            assertOneAttempt(caller.interrupt(), true);
            assertEquals(0, bench.portkey.posts());
        }
    }

    @Tag("fault-2.9")
    @ParameterizedTest
    @EnumSource(names = {"CHAT", "STREAM"})
    void interrupt_whileReading_endsWithTheFlagSet(Mode mode) throws Exception {
        try (FaultBench bench = answeringAtPortkey(mode)) {
            bench.openrouter.always(
                    mode == Mode.STREAM ? StreamReply.chunked().role() : Reply.headThenHang(200, "application/json"));
            Caller caller = new Caller(bench, mode, "hi", false);
            caller.awaitIn(mode == Mode.STREAM ? "nextEvent" : "beginsWithEvents");
            assertOneAttempt(caller.interrupt(), true);
            assertEquals(0, bench.portkey.posts());
        }
    }

    @Tag("fault-2.9")
    @ParameterizedTest
    @EnumSource(names = {"CHAT", "STREAM"})
    void interrupt_atAnyInstant_isNeverLost(Mode mode) throws Exception {
        try (DeafPort port = DeafPort.full();
                FaultBench bench = answeringAtPortkey(mode)
                        .withoutCooldowns()
                        .baseUrl("openrouter", port.url("http"))
                        .set("llm.timeouts.connect", "60s")) {
            for (int i = 0; i < 50; i++) {
                Caller caller = new Caller(bench, mode, "hi", false);
                for (int spin = 0; spin < i * 2000; spin++) {
                    Thread.onSpinWait();
                }
                caller.interrupt();
            }
            assertEquals(0, bench.portkey.posts());
        }
    }
}
