package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests servers that are slow or silent. The timeouts must end the attempt, even if bytes keep trickling in. */
@Timeout(60)
class SilenceTest extends BothHttpVersions {

    private static final int TIMEOUT_MILLIS = 60;
    /** Leaves a wide margin for busy machines. {@link StallTest} measures how late a timeout fires. */
    private static final int LATE_MILLIS = 2_000;

    private static final String EVENTS =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    private static final String JSON =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String UNFINISHED = "data: {\"choices\":[{\"delta\":{\"content\":\"never";

    /** Checks one timeout of the first provider. The next provider has the default timeouts and answers. */
    private static void checkTimeout(Mode mode, String timeout, ErrorReason reason, Reply silence) {
        try (FaultBench bench =
                FaultBench.both().set("llm.providers.openrouter.timeouts." + timeout, TIMEOUT_MILLIS + "ms")) {
            bench.openrouter.always(silence);
            bench.portkey.then(mode.answer("hello"));
            Outcome outcome = bench.call(mode);
            assertEquals("hello", outcome.answer().text());
            assertEquals(3, outcome.attempts().size(), outcome::toString);
            for (Attempt attempt : outcome.attempts().subList(0, 2)) {
                assertEquals(ErrorKind.TIMEOUT, attempt.kind().orElseThrow(), outcome::toString);
                assertEquals(reason, attempt.reason().orElseThrow(), outcome::toString);
                assertTookTheTimeout(attempt);
            }
        }
    }

    private static void assertTookTheTimeout(Attempt attempt) {
        long took = attempt.duration().toMillis();
        assertTrue(took >= TIMEOUT_MILLIS && took < TIMEOUT_MILLIS + LATE_MILLIS, "took " + took + " ms");
    }

    @Tag("fault-2.1")
    @ParameterizedTest
    @EnumSource
    void noHead_endsWithTheAttemptTimeout(Mode mode) {
        checkTimeout(mode, "attempt", ErrorReason.ATTEMPT_TIMEOUT, Reply.hang());
        Expected.error(ErrorKind.TIMEOUT)
                .reason(ErrorReason.ATTEMPT_TIMEOUT)
                .retried()
                .fallsBack()
                .checkLasting("portkey", mode, bench -> bench.set(
                                "llm.providers.portkey.timeouts.attempt", TIMEOUT_MILLIS + "ms")
                        .portkey
                        .always(Reply.hang()));
    }

    @Tag("fault-2.1")
    @Test
    void noHead_ofAStream_endsWithTheFirstTokenTimeout() {
        checkTimeout(Mode.STREAM, "first-token", ErrorReason.FIRST_TOKEN_TIMEOUT, Reply.hang());
    }

    @Tag("fault-2.1")
    @ParameterizedTest
    @EnumSource
    void noHead_retry_startsBeforeTheDeadlineAndEndsAtIt(Mode mode) {
        try (FaultBench bench = FaultBench.alone("openrouter").set("llm.timeouts.attempt", "250ms")) {
            bench.openrouter.always(Reply.hang());
            Outcome outcome = bench.call(
                    mode, CallOptions.builder().timeout(Duration.ofMillis(400)).build());
            assertEquals(ErrorKind.TIMEOUT, outcome.error().kind());
            for (Attempt attempt : outcome.attempts()) {
                assertTrue(attempt.start().toMillis() < 400, outcome::toString);
            }
            long took = outcome.took().toMillis();
            assertTrue(took >= 400 && took < 400 + LATE_MILLIS, "took " + took + " ms");
        }
    }

    @Tag("fault-2.2")
    @ParameterizedTest
    @EnumSource
    void headThenSilence_endsWithTheAttemptTimeout(Mode mode) {
        checkTimeout(mode, "attempt", ErrorReason.ATTEMPT_TIMEOUT, Reply.headThenHang(200, "application/json"));
        checkTimeout(mode, "attempt", ErrorReason.ATTEMPT_TIMEOUT, Reply.headThenHang(503, "application/json"));
        checkTimeout(mode, "attempt", ErrorReason.ATTEMPT_TIMEOUT, StreamReply.chunked());
    }

    static Stream<Arguments> drips() {
        return Stream.of(
                Arguments.of("status line", Reply.drip("HTTP/1.1 200 ", "O", 5)),
                Arguments.of("header", Reply.drip("HTTP/1.1 200 OK\r\nX-Slow: ", "x", 5)),
                Arguments.of("1xx", Reply.drip("", "HTTP/1.1 103 Early Hints\r\n\r\n", 5)),
                Arguments.of("body", Reply.drip(JSON, "1\r\n \r\n", 5)),
                Arguments.of("error body", Reply.drip(JSON.replace("200", "500"), "1\r\nx\r\n", 5)));
    }

    @Tag("fault-2.3")
    @ParameterizedTest(name = "{0}")
    @MethodSource("drips")
    void drip_doesNotExtendTheTimeout(String part, Reply drip) {
        for (Mode mode : Mode.values()) {
            checkTimeout(mode, "attempt", ErrorReason.ATTEMPT_TIMEOUT, drip);
        }
    }

    @Tag("fault-2.3")
    @Test
    void drip_ofAnEvent_doesNotExtendTheFirstTokenTimeout() {
        checkTimeout(
                Mode.STREAM, "first-token", ErrorReason.FIRST_TOKEN_TIMEOUT, Reply.drip(EVENTS + UNFINISHED, "r", 5));
    }

    static final List<Reply> EMPTY_TALK = List.of(
            Reply.drip(EVENTS, ": OPENROUTER PROCESSING\n\n", 5),
            Reply.drip(EVENTS + ": ", "x", 5),
            Reply.drip(EVENTS, "data:\n\n", 5),
            Reply.drip(EVENTS, "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n", 5));

    @Tag("fault-2.4")
    @ParameterizedTest
    @FieldSource("EMPTY_TALK")
    void streamWithoutContent_endsWithTheFirstTokenTimeout(Reply talk) {
        checkTimeout(Mode.STREAM, "first-token", ErrorReason.FIRST_TOKEN_TIMEOUT, talk);
    }

    /**
     * In streaming calls, the attempt timeout applies until the first content arrives, just like the first-token
     * timeout.
     */
    @Tag("fault-2.4")
    @ParameterizedTest
    @FieldSource("EMPTY_TALK")
    void streamWithoutContent_endsWithTheAttemptTimeout(Reply talk) {
        checkTimeout(Mode.STREAM, "attempt", ErrorReason.ATTEMPT_TIMEOUT, talk);
    }

    static Stream<Arguments> silences() {
        StreamReply said = StreamReply.untilClose().role().text("hel").text("lo");
        return Stream.of(
                Arguments.of("nothing", said),
                Arguments.of("comments", after(said, ": OPENROUTER PROCESSING\n\n")),
                Arguments.of("empty events", after(said, "data:\n\n")),
                Arguments.of("an event without end", after(said.body(UNFINISHED), "r")));
    }

    private static Reply after(StreamReply said, String again) {
        return connection -> {
            said.perform(connection);
            Reply.drip("", again, 5).send(connection);
        };
    }

    @Tag("fault-2.5")
    @ParameterizedTest(name = "{0}")
    @MethodSource("silences")
    void silenceAfterContent_endsWithTheIdleTimeoutAndThePartialText(String what, Reply silence) {
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench = FaultBench.both().set("llm.timeouts.idle", TIMEOUT_MILLIS + "ms")) {
                bench.server(provider).always(silence);
                Outcome outcome = bench.call(
                        Mode.STREAM, CallOptions.builder().startWith(provider).build());
                LlmException error = outcome.error();
                assertEquals(ErrorReason.IDLE_TIMEOUT, error.reason().orElseThrow());
                assertEquals(List.of("hel", "lo"), outcome.texts());
                assertEquals("hello", error.partial().orElseThrow().text());
                assertEquals(1, bench.openrouter.posts() + bench.portkey.posts());
                assertTookTheTimeout(error.attempts().get(0));
            }
        }
    }

    @Tag("fault-2.6")
    @Test
    void slowButSteady_isAnAnswer() {
        StreamReply steady = StreamReply.chunked().role();
        for (int i = 0; i < 40; i++) {
            steady = steady.text("x").pause(20);
        }
        try (FaultBench bench = FaultBench.alone("openrouter")
                .set("llm.timeouts.attempt", "500ms")
                .set("llm.timeouts.first-token", "500ms")
                .set("llm.timeouts.idle", "500ms")) {
            bench.openrouter.then(steady.finish("stop").done());
            Outcome outcome = bench.call(Mode.STREAM);
            assertEquals("x".repeat(40), outcome.answer().text());
            assertTrue(outcome.took().toMillis() > 700, outcome::toString);
        }
    }
}
