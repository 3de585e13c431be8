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
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import dev.llmspi.testkit.loopback.HttpText;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests bodies, lines and streams that exceed the default bounds. */
@Timeout(60)
class HostileSizeTest {

    private static final int MIB = 1024 * 1024;
    private static final String JSON = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final String MUCH = "0123456789abcdef".repeat(4096);

    /** Makes events long, so that a bound in bytes is reached after only a few events have been parsed. */
    private static final String PADDING = "x".repeat(1000);

    private static final byte[] BOMB = bomb();

    private static final Expected TOO_LARGE =
            Expected.error(ErrorKind.SERVICE).reason(ErrorReason.TOO_LARGE).fallsBack();

    @Tag("fault-7.1")
    @ParameterizedTest
    @EnumSource
    void body_largerThan16MiB_isTooLarge(Mode mode) {
        TOO_LARGE.check(
                mode, Reply.endless(JSON + "\r\n{\"choices\":[{\"message\":{\"content\":\"", "z".repeat(65536)));
        TOO_LARGE.check(mode, Reply.raw(JSON + "Content-Length: " + 17 * MIB + "\r\n\r\n{\"choices\":["));
        TOO_LARGE.check(mode, Reply.raw(BOMB));
    }

    /** Returns a response with 64 MiB of compressed spaces. */
    private static byte[] bomb() {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.writeBytes((JSON + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
        bomb.writeBytes(HttpText.gzip(Collections.nCopies(64, " ".repeat(MIB).getBytes(ISO_8859_1))));
        return bomb.toByteArray();
    }

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

    /** The server never ends a part of the HTTP message or of the gzip data that is not content. */
    @Tag("fault-7.8")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "the size of a chunk",
                "a chunk's extension",
                "the end of a chunk",
                "extensions of small chunks",
                "a gzip header",
                "empty gzip blocks"
            })
    void framing_withoutEnd_isTooLarge(String part) {
        checkWithoutEnd(part);
    }

    @Tag("fault-7.8")
    @ParameterizedTest
    @ValueSource(strings = {"a gzip header", "empty gzip blocks"})
    void gzipWithoutContent_overHttp2_isTooLarge(String part) {
        HttpVersion.HTTP_2.use();
        try {
            checkWithoutEnd(part);
        } finally {
            HttpVersion.HTTP_1_1.use();
        }
    }

    private static void checkWithoutEnd(String part) {
        String chunked = "Transfer-Encoding: chunked\r\n\r\n";
        String gzip = "Content-Encoding: gzip\r\n\r\n\u001f\u008b\u0008";
        String[] beginAndRest =
                switch (part) {
                    case "the size of a chunk" -> new String[] {chunked, "0"};
                    case "a chunk's extension" -> new String[] {chunked + "5;a=", "x"};
                    case "the end of a chunk" -> new String[] {chunked + "1\r\n ", "x"};
                    case "extensions of small chunks" -> new String[] {chunked, "1;" + "x".repeat(8192) + "\r\n \r\n"};
                    case "a gzip header" -> new String[] {gzip + "\u0008\0\0\0\0\0\u0003", "n"};
                    default -> new String[] {gzip + "\0\0\0\0\0\0\u0003", "\0\0\0\u00ff\u00ff"};
                };
        for (String head : List.of(JSON, EVENTS.substring(0, EVENTS.length() - 2))) {
            String rest = beginAndRest[1].repeat(Math.max(1, 65536 / beginAndRest[1].length()));
            TOO_LARGE.checkAll(connection -> {
                connection.write((head + beginAndRest[0]).getBytes(ISO_8859_1));
                while (true) { // ends with an exception when the client has closed the connection
                    connection.write(rest.getBytes(ISO_8859_1));
                }
            });
        }
    }

    @Tag("fault-7.2")
    @ParameterizedTest
    @EnumSource
    void errorBody_withoutEnd_statusDecidesAndMessageIsShort(Mode mode) {
        String[] bodies = {"{\"error\":{\"message\":\"", "<html>", "plain ", ""};
        for (String begun : bodies) {
            Reply endless = Reply.endless("HTTP/1.1 402 Pay\r\nContent-Type: application/json\r\n\r\n" + begun, MUCH);
            Expected.error(ErrorKind.RESOURCE_EXHAUSTED).fallsBack().check(mode, endless);
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

    /** The stream sends events without content and never ends. */
    @Tag("fault-7.4")
    @ParameterizedTest
    @ValueSource(
            strings = {
                ": keep-alive PADDING\n\n",
                "data: {\"id\":\"PADDING\",\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
                "data: {\"id\":\"PADDING\"}\n\n"
            })
    void stream_withoutEndAndContent_endsAt64MiBAndTheNextAnswers(String event) {
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(
                    Reply.endless(EVENTS, event.replace("PADDING", PADDING).repeat(64)));
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
    @RepeatIfLate
    void stream_slowAndWithoutEnd_endsAtTheDeadline() {
        String event = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.then(Mode.STREAM.answer("warm")).always(Reply.drip(EVENTS + event, event, 20));
            bench.call(Mode.STREAM);
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = bench.call(
                    Mode.STREAM,
                    CallOptions.builder().timeout(Duration.ofMillis(500)).build());
            assertEquals(ErrorKind.TIMEOUT, outcome.error().kind());
            assertTrue(outcome.took().toMillis() >= 500, outcome::toString);
            watch.assertAtMost(Duration.ofMillis(600), outcome.took(), () -> "a call with a deadline of 500 ms");
        }
    }
}
