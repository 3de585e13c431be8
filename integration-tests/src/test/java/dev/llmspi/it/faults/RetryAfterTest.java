package dev.llmspi.it.faults;

import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests waits requested by providers. The retry must never come earlier than requested and at most slightly later.
 * Invalid values are ignored.
 */
@Timeout(60)
class RetryAfterTest {

    private static final int CASES = Integer.getInteger("llmspi.retry-after", 1000);
    private static final String ERROR = "{\"error\":{\"code\":429,\"message\":\"slow down\"%s}}";
    private static final Duration ABOUT = Duration.ofMillis(50);

    /** The notations for a requested wait, in their order of precedence. */
    private enum Form {
        MILLIS,
        SECONDS,
        DECIMAL,
        DATE,
        DATE_BY_ANOTHER_CLOCK,
        BODY,
        BODY_TEXT,
        BODY_METADATA,
        RESET_MILLIS,
        RESET_SECONDS
    }

    /** A refusal together with the wait that it requests. */
    private record Saying(List<String> headers, String body, Duration meant) {
        Reply reply(int status) {
            return Reply.json(status, body, headers.toArray(String[]::new));
        }
    }

    /**
     * Returns a refusal that requests a random wait in one notation. The wait is at least 2 ms and less than a minute,
     * which the client accepts.
     */
    private static Saying saying(Form form, Instant now, Random random) {
        Duration wait = Duration.ofMillis(2 + random.nextInt(57_000));
        long seconds = 1 + wait.toSeconds();
        Duration whole = Duration.ofSeconds(seconds);
        String decimal = seconds + "." + random.nextInt(10);
        Instant date = now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1 + seconds);
        Instant reset = now.truncatedTo(ChronoUnit.MILLIS).plus(wait);
        Instant otherClock = now.minus(Duration.ofMinutes(random.nextInt(100_000)));
        return switch (form) {
            case MILLIS -> header("Retry-After-Ms: " + wait.toMillis(), wait);
            case SECONDS -> header("Retry-After: " + seconds, whole);
            case DECIMAL -> header("Retry-After: " + decimal, seconds(decimal));
            case DATE -> header("Retry-After: " + http(date), Duration.between(now, date));
            case DATE_BY_ANOTHER_CLOCK ->
                new Saying(
                        List.of("Date: " + http(otherClock), "Retry-After: " + http(otherClock.plus(whole))),
                        ERROR.formatted(""),
                        whole);
            case BODY -> body("\"retry_after\":" + seconds, whole);
            case BODY_TEXT ->
                body("\"availability\":{\"retryable\":true,\"retry_after\":\"" + decimal + "\"}", seconds(decimal));
            case BODY_METADATA -> body("\"metadata\":{\"retry_after_seconds\":" + seconds + "}", whole);
            case RESET_MILLIS -> header("X-RateLimit-Reset: " + reset.toEpochMilli(), Duration.between(now, reset));
            case RESET_SECONDS -> header("X-RateLimit-Reset: " + date.getEpochSecond(), Duration.between(now, date));
        };
    }

    private static Saying header(String header, Duration wait) {
        return new Saying(List.of(header), ERROR.formatted(""), wait);
    }

    private static Saying body(String member, Duration wait) {
        return new Saying(List.of(), ERROR.formatted("," + member), wait);
    }

    private static Duration seconds(String decimal) {
        return Duration.ofMillis(Math.round(Double.parseDouble(decimal) * 1000));
    }

    private static String http(Instant date) {
        return RFC_1123_DATE_TIME.format(date.atOffset(ZoneOffset.UTC));
    }

    /** Uses a manual time source, so that the test can compare the waits to the millisecond without really waiting. */
    @Tag("fault-4.1")
    @Tag("fault-4.4")
    @Test
    void everyNotation_seeded_neverEarlierAndAtMostATenthLater() {
        long seed = Long.getLong("llmspi.seed", System.nanoTime());
        Random random = new Random(seed);
        ManualTimeSource time = ManualTimeSource.create().randomFrom(random::nextDouble);
        try (FaultBench bench = FaultBench.both().time(time).set("llm.timeouts.total", "1h")) {
            for (int i = 0; i < CASES; i++) {
                time.advance(Duration.ofMillis(random.nextInt(100_000)));
                Form form = Form.values()[random.nextInt(Form.values().length)];
                Mode mode = Mode.values()[random.nextInt(Mode.values().length)];
                String provider = random.nextBoolean() ? "openrouter" : "portkey";
                int status = form.name().startsWith("RESET") || random.nextBoolean() ? 429 : 503;
                Saying saying = saying(form, time.now(), random);
                String which = "llmspi.seed=" + seed + ", case " + i + ": " + form + " " + status + " " + saying.meant;
                bench.server(provider).then(saying.reply(status)).then(mode.answer("hello"));
                int before = time.sleeps().size();

                Outcome outcome = bench.call(
                        mode, CallOptions.builder().provider(provider).build());

                assertEquals("hello", outcome.answer().text(), which);
                List<Duration> sleeps =
                        time.sleeps().subList(before, time.sleeps().size());
                assertEquals(1, sleeps.size(), which);
                Duration slept = sleeps.get(0);
                Duration most = saying.meant.multipliedBy(11).dividedBy(10).plus(ABOUT);
                assertTrue(
                        slept.compareTo(saying.meant) >= 0 && slept.compareTo(most) <= 0, which + ", slept " + slept);
                assertEquals(
                        Optional.of(saying.meant), outcome.attempts().get(0).retryAfter(), which);
            }
        }
    }

    /** Checks requested waits in real time. */
    @Tag("fault-4.1")
    @ParameterizedTest
    @EnumSource
    @RepeatIfLate
    void shortWait_inRealTime_isKept(Mode mode) {
        for (String header : List.of("Retry-After-Ms: 120", "Retry-After: 0.12")) {
            try (FaultBench bench = FaultBench.alone("openrouter")) {
                bench.openrouter.then(mode.answer("warm")).then(Reply.json(429, ERROR.formatted(""), header));
                bench.openrouter.always(mode.answer("hello"));
                bench.call(mode);

                Stopwatch watch = Stopwatch.start();
                List<Attempt> attempts = bench.call(mode).attempts();

                Attempt refused = attempts.get(0);
                Duration waited = attempts.get(1).start().minus(refused.start()).minus(refused.duration());
                assertTrue(waited.toMillis() >= 120, () -> header + ": waited " + waited);
                watch.assertAtMost(Duration.ofMillis(120 + 12 + 50), waited, () -> header);
            }
        }
    }

    @Tag("fault-4.1")
    @Test
    void severalNotations_theLongestCounts_aResetOnlyWithoutThem() {
        ManualTimeSource time = ManualTimeSource.create().randomFrom(() -> 0);
        String millis = "Retry-After-Ms: 1500";
        String seconds = "Retry-After: 3";
        String reset = "X-RateLimit-Reset: " + time.now().plusSeconds(9).toEpochMilli();
        String body = ERROR.formatted(",\"retry_after\":2");
        try (FaultBench bench = FaultBench.alone("openrouter").time(time)) {
            bench.openrouter
                    .then(Reply.json(429, body, reset, seconds, millis))
                    .then(Reply.json(429, body, reset, millis))
                    .then(Reply.json(429, "{}", reset))
                    .then(Mode.CHAT.answer("hello"));
            bench.call(Mode.CHAT).answer();
        }
        assertEquals(List.of(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofSeconds(4)), time.sleeps());
    }

    /** The client's own delay before the first retry is 1 s to 2 s. It is 1.5 s if the random source returns 0.5. */
    @Tag("fault-4.3")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "-0.5",
                "0.0000000001",
                "soon",
                "",
                "1e3",
                "1.2.3",
                "0x10",
                "NaN",
                "99999999999999999999999999",
                "3, 4",
                "3 s",
                "Thu, 01 Jan 1970 00:00:00 GMT",
                "Thu, 32 Jan 2099 00:00:00 GMT",
                "2099-01-01T00:00:00Z"
            })
    void invalidWait_isReplacedByOurOwn(String value) {
        List<Saying> sayings = new ArrayList<>();
        sayings.add(header("Retry-After: " + value, Duration.ZERO));
        sayings.add(header("Retry-After-Ms: " + value, Duration.ZERO));
        sayings.add(header("X-RateLimit-Reset: " + value, Duration.ZERO));
        sayings.add(body("\"retry_after\":\"" + value + "\"", Duration.ZERO));
        for (Saying saying : sayings) {
            for (int status : List.of(429, 503)) {
                assertOwnWait(saying, status);
            }
        }
    }

    @Tag("fault-4.3")
    @Test
    void contradictingWaits_areReplacedByOurOwn() {
        assertOwnWait(new Saying(List.of("Retry-After: 3", "Retry-After: 4"), ERROR.formatted(""), Duration.ZERO), 429);
        assertOwnWait(
                new Saying(List.of("Retry-After-Ms: 3", "Retry-After-Ms: 4"), ERROR.formatted(""), Duration.ZERO), 503);
    }

    private static void assertOwnWait(Saying saying, int status) {
        for (Mode mode : Mode.values()) {
            ManualTimeSource time = ManualTimeSource.create();
            try (FaultBench bench = FaultBench.alone("openrouter")
                    .time(time)
                    .set("llm.retry.delay", "1s")
                    .set("llm.retry.max-delay", "60s")) {
                bench.openrouter.then(saying.reply(status)).then(mode.answer("hello"));
                Outcome outcome = bench.call(mode);
                assertEquals("hello", outcome.answer().text());
                assertEquals(Optional.empty(), outcome.attempts().get(0).retryAfter());
            }
            assertEquals(List.of(Duration.ofMillis(1500)), time.sleeps(), saying::toString);
        }
    }

    /**
     * The server's clock is three hours ahead. A date ten seconds after the server's Date header still requests a wait
     * of ten seconds, and the maximum wait still applies.
     */
    @Tag("fault-4.4")
    @ParameterizedTest
    @EnumSource
    void dateOfAWrongClock_isMeasuredAgainstTheSameClock(Mode mode) {
        ManualTimeSource time = ManualTimeSource.create().randomFrom(() -> 0);
        Instant server = time.now().plus(Duration.ofHours(3));
        try (FaultBench bench = FaultBench.alone("openrouter").time(time)) {
            bench.openrouter
                    .then(refusal(server, Duration.ofSeconds(10)))
                    .then(mode.answer("hello"))
                    .then(refusal(server, Duration.ofSeconds(61)));
            assertEquals("hello", bench.call(mode).answer().text());
            assertEquals(List.of(Duration.ofSeconds(10)), time.sleeps());

            LlmException error = bench.call(mode).error();

            assertEquals(Optional.of(Duration.ofSeconds(61)), error.retryAfter());
            assertEquals(1, time.sleeps().size());
        }
    }

    private static Reply refusal(Instant serversNow, Duration wait) {
        return Reply.json(
                429, ERROR.formatted(""), "Date: " + http(serversNow), "Retry-After: " + http(serversNow.plus(wait)));
    }
}
