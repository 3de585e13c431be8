package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes no sensible server has, against the bounds there are by default. */
@Timeout(60)
class HostileSizeTest {

    private static final int MIB = 1024 * 1024;
    private static final String JSON = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final String MUCH = "0123456789abcdef".repeat(4096);

    private static final Expected TOO_LARGE =
            Expected.error(ErrorKind.SERVICE).reason(ErrorReason.TOO_LARGE).handedOn();

    @Tag("fault-7.1")
    @ParameterizedTest
    @EnumSource
    void body_largerThan16MiB_isTooLarge(Mode mode) {
        TOO_LARGE.check(
                mode, Reply.endless(JSON + "\r\n{\"choices\":[{\"message\":{\"content\":\"", "z".repeat(65536)));
        TOO_LARGE.check(mode, Reply.raw(JSON + "Content-Length: " + 17 * MIB + "\r\n\r\n{\"choices\":["));
        TOO_LARGE.check(mode, Reply.raw(bomb()));
    }

    /** 64 MiB of blanks, whose end would be an answer. */
    private static byte[] bomb() {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.writeBytes((JSON + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] blanks = " ".repeat(MIB).getBytes(ISO_8859_1);
            for (int i = 0; i < 64; i++) {
                gzip.write(blanks);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bomb.toByteArray();
    }

    /** Just below the bound it is an answer. */
    @Tag("fault-7.1")
    @ParameterizedTest
    @EnumSource
    void body_of15MiB_isAnAnswer(Mode mode) {
        String answer = "{\"padding\":[" + ("\"" + MUCH + "\",").repeat(15 * 16)
                + "1],\"choices\":[{\"message\":{\"content\":\"hello\"},\"finish_reason\":\"stop\"}]}";
        try (FaultBench bench = FaultBench.alone("openrouter")) {
            bench.openrouter.then(Reply.json(200, answer));
            assertEquals("hello", bench.call(mode).answer().text());
        }
    }

    @Tag("fault-7.2")
    @ParameterizedTest
    @EnumSource
    void errorBody_withoutEnd_statusDecidesAndLittleIsShown(Mode mode) {
        String[] bodies = {"{\"error\":{\"message\":\"", "<html>", "plain ", ""};
        for (String begun : bodies) {
            Reply endless = Reply.endless("HTTP/1.1 402 Pay\r\nContent-Type: application/json\r\n\r\n" + begun, MUCH);
            Expected.error(ErrorKind.RESOURCE_EXHAUSTED).handedOn().check(mode, endless);
            try (FaultBench bench = FaultBench.alone("portkey")) {
                bench.portkey.always(endless);
                LlmException error = bench.call(mode).error();
                assertEquals(402, error.status().orElseThrow());
                assertTrue(
                        error.getMessage().length() < 2500,
                        () -> error.getMessage().length() + " characters");
                assertFalse(error.getMessage().contains("\n"));
            }
        }
    }

    @Tag("fault-7.3")
    @ParameterizedTest
    @ValueSource(strings = {"data: x", ": x", "x", "data: x\n", ": x\n", "id: 7\n", "\r\ndata", "event: e\r"})
    void lineOrEvent_withoutEnd_isTooLarge(String piece) {
        TOO_LARGE.check(Mode.STREAM, Reply.endless(EVENTS, piece.repeat(8192)));
    }

    @Tag("fault-7.3")
    @ParameterizedTest
    @ValueSource(strings = {"data: x", ": x\n"})
    void lineOrEvent_withoutEndAfterContent_isAnErrorWithWhatWasDelivered(String piece) {
        String content = "data: {\"choices\":[{\"delta\":{\"content\":\"hello\"}}]}\n\n";
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(Reply.endless(EVENTS + content, piece.repeat(8192)));
            assertCutAfterHello(bench.call(Mode.STREAM));
            assertEquals(1, bench.openrouter.posts() + bench.portkey.posts());
        }
    }

    private static void assertCutAfterHello(Outcome outcome) {
        LlmException error = outcome.error();
        assertEquals(ErrorKind.SERVICE, error.kind());
        assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
        assertEquals("hello", error.partial().orElseThrow().text());
        assertEquals(List.of("hello"), outcome.texts());
    }

    /** The same without end, and nothing in it that would be content. */
    @Tag("fault-7.4")
    @ParameterizedTest
    @ValueSource(
            strings = {
                ": keep-alive\n\n",
                "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
                "data: {\"id\":\"x\"}\n\n"
            })
    void stream_withoutEndAndContent_endsAt64MiBAndTheNextAnswers(String event) {
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(Reply.endless(EVENTS, event.repeat(2048)));
            bench.portkey.always(Mode.STREAM.answer("hello"));
            Outcome outcome = bench.call(Mode.STREAM);
            assertEquals("hello", outcome.answer().text());
            assertEquals(
                    Optional.of(ErrorReason.TOO_LARGE),
                    outcome.attempts().get(0).reason());
            assertEquals(1, bench.openrouter.posts());
        }
    }

    @Tag("fault-7.4")
    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 100_000})
    void stream_ofContentWithoutEnd_endsWithWhatWasDelivered(int length) {
        String event = "data: {\"choices\":[{\"delta\":{\"content\":\"" + "x".repeat(length) + "\"}}]}\n\n";
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(Reply.endless(EVENTS, event.repeat(Math.max(1, 65536 / event.length()))));
            Outcome outcome = bench.call(Mode.STREAM);
            LlmException error = outcome.error();
            assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
            int delivered = error.partial().orElseThrow().text().length();
            assertEquals(String.join("", outcome.texts()).length(), delivered);
            assertTrue(delivered > MIB && delivered <= 4 * MIB, () -> delivered + " characters");
            assertEquals(1, bench.openrouter.posts() + bench.portkey.posts());
        }
    }

    @Tag("fault-7.4")
    @Test
    void stream_slowAndWithoutEnd_endsAtTheDeadline() {
        String event = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.then(Mode.STREAM.answer("warm")).always(Reply.drip(EVENTS + event, event, 20));
            bench.call(Mode.STREAM);
            Outcome outcome = bench.call(
                    Mode.STREAM,
                    CallOptions.builder().timeout(Duration.ofMillis(500)).build());
            assertEquals(ErrorKind.TIMEOUT, outcome.error().kind());
            long millis = outcome.took().toMillis();
            assertTrue(millis >= 500 && millis <= 600, "took " + millis + " ms");
        }
    }
}
