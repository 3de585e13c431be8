package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.it.server.Reply;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests how waits before a retry interact with the deadline of the call. */
@Timeout(60)
class WaitingTest {

    private static final Reply BUSY = Reply.error(503, "503", "busy");
    private static final Reply TOO_FAST = Reply.error(429, "429", "slow down", "Retry-After: 30");

    @Tag("fault-2.7")
    @ParameterizedTest
    @EnumSource
    void deadline_inAWait_endsTheCallWithTheEarlierErrorSuppressed(Mode mode) throws Exception {
        ManualTimeSource time = ManualTimeSource.create().blocking();
        try (FaultBench bench = FaultBench.alone("openrouter")
                .time(time)
                .set("llm.timeouts.total", "10s")
                .set("llm.retry.delay", "8s")
                .set("llm.retry.max-delay", "8s")) {
            bench.openrouter.always(BUSY);
            CompletableFuture<Outcome> call = CompletableFuture.supplyAsync(() -> bench.call(mode));
            time.awaitSleeper();
            time.advance(Duration.ofSeconds(11));
            Outcome outcome = call.get(10, TimeUnit.SECONDS);
            LlmException error = outcome.error();
            assertEquals(ErrorKind.TIMEOUT, error.kind());
            assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
            assertTrue(
                    Arrays.stream(error.getSuppressed())
                            .anyMatch(cause -> cause instanceof LlmServiceException service
                                    && service.status().orElse(0) == 503),
                    error::toString);
            assertEquals(1, outcome.attempts().size());
            assertEquals(1, bench.openrouter.posts());
        }
    }

    @Tag("fault-2.7")
    @ParameterizedTest
    @EnumSource
    void wait_longerThanTheTimeLeft_isNotStarted(Mode mode) {
        ManualTimeSource time = ManualTimeSource.create();
        try (FaultBench bench = FaultBench.alone("openrouter")
                .time(time)
                .set("llm.timeouts.total", "2s")
                .set("llm.retry.delay", "3s")
                .set("llm.retry.max-delay", "3s")) {
            bench.openrouter.always(BUSY);
            assertEquals(ErrorKind.SERVICE, bench.call(mode).error().kind());
            assertEquals(List.of(), time.sleeps());
            assertEquals(1, bench.openrouter.posts());
        }
    }

    @Tag("fault-2.8")
    @ParameterizedTest
    @EnumSource
    void retryAfter_longerThanTheTimeLeft_isTheErrorAtOnce(Mode mode) {
        ManualTimeSource time = ManualTimeSource.create();
        try (FaultBench bench = FaultBench.alone("openrouter").time(time).set("llm.timeouts.total", "20s")) {
            bench.openrouter.always(TOO_FAST);
            LlmException error = bench.call(mode).error();
            assertEquals(ErrorKind.RATE_LIMIT, error.kind());
            assertEquals(Duration.ofSeconds(30), error.retryAfter().orElseThrow());
            assertEquals(List.of(), time.sleeps());
            assertEquals(1, bench.openrouter.posts());
        }
    }

    @Tag("fault-2.8")
    @ParameterizedTest
    @EnumSource
    void retryAfter_longerThanTheTimeLeft_fallsBackAtOnce(Mode mode) {
        ManualTimeSource time = ManualTimeSource.create();
        try (FaultBench bench = FaultBench.both()
                .time(time)
                .set("llm.timeouts.total", "20s")
                .set("llm.retry.max-wait-before-next", "60s")) {
            bench.openrouter.always(TOO_FAST);
            bench.portkey.then(mode.answer("hello"));
            assertEquals("hello", bench.call(mode).answer().text());
            assertEquals(List.of(), time.sleeps());
            assertEquals(1, bench.openrouter.posts());
        }
    }

    @Tag("fault-2.12")
    @ParameterizedTest
    @EnumSource
    void wallClock_jumps_changesNothing(Mode mode) {
        ManualTimeSource steady = ManualTimeSource.create();
        try (FaultBench bench = FaultBench.alone("openrouter")
                .time(new JumpingWallClock(steady))
                .set("llm.timeouts.total", "20s")
                .set("llm.timeouts.attempt", "5s")) {
            bench.openrouter
                    .then(Reply.error(429, "429", "slow down", "Retry-After: 2"))
                    .then(Reply.error(503, "503", "busy", "Retry-After: 3"))
                    .then(mode.answer("hello"));
            Outcome outcome = bench.call(mode);
            assertEquals("hello", outcome.answer().text());
            assertEquals(List.of(Duration.ofMillis(2_100), Duration.ofMillis(3_150)), steady.sleeps());
            assertEquals(Duration.ofMillis(5_250), outcome.attempts().get(2).start());
        }
    }

    /** A time source whose wall clock jumps by years each time it is read, while its monotonic clock runs normally. */
    private static final class JumpingWallClock implements TimeSource {
        private final ManualTimeSource steady;
        private int direction = 1;

        JumpingWallClock(ManualTimeSource steady) {
            this.steady = steady;
        }

        @Override
        public long nanoTime() {
            return steady.nanoTime();
        }

        @Override
        public synchronized Instant now() {
            direction = -direction;
            return steady.now().plus(Duration.ofDays(1_000 * direction));
        }

        @Override
        public double random() {
            return steady.random();
        }

        @Override
        public void sleep(Duration duration, Cancellation cancellation) throws InterruptedException {
            steady.sleep(duration, cancellation);
        }
    }
}
