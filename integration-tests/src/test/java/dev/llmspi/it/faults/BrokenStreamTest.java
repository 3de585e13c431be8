package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests streams that break off, end too early or continue after their end. */
@Timeout(60)
class BrokenStreamTest extends BothHttpVersions {

    private static final Expected SERVICE =
            Expected.error(ErrorKind.SERVICE).retried().fallsBack();

    /** Returns the beginning of a stream that delivers "hello" in two pieces. */
    private static StreamReply said() {
        return StreamReply.chunked().comment().role().text("hel").text("lo");
    }

    /**
     * Checks that a fault after content ends the call at once, with one error that contains the content. The client
     * must neither retry nor fall back, although it could do both.
     */
    private static LlmException assertTerminal(ErrorKind kind, Reply fault) {
        LlmException error = null;
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench = FaultBench.both()) {
                bench.openrouter.always(fault);
                bench.portkey.always(fault);
                Outcome outcome = bench.call(
                        Mode.STREAM, CallOptions.builder().startWith(provider).build());
                error = outcome.error();
                assertEquals(kind, error.kind(), outcome::toString);
                assertEquals(List.of("hel", "lo"), outcome.texts());
                assertEquals("hello", error.partial().orElseThrow().text());
                assertEquals(1, bench.server(provider).posts());
                assertEquals(1, bench.openrouter.posts() + bench.portkey.posts());
                assertTrue(outcome.took().toMillis() < 2_000, outcome::toString); // the idle timeout is 30 s
            }
        }
        return error;
    }

    @Tag("fault-6.15")
    @Test
    @RepeatIfLate
    void done_connectionKeptOpen_completesAndClosesIt() throws Exception {
        for (String provider : List.of("openrouter", "portkey")) {
            AtomicReference<Stopwatch> done = new AtomicReference<>();
            try (FaultBench bench = FaultBench.alone(provider)) {
                bench.server(provider)
                        .then(Reply.answer("warm"))
                        .then(said().finish("stop")
                                .then(() -> done.set(Stopwatch.start()))
                                .event("[DONE]"));
                bench.call(Mode.CHAT);
                assertEquals("hello", bench.call(Mode.STREAM).answer().text());
                done.get().assertAtMost(Duration.ofMillis(100), () -> "from [DONE]");
                bench.server(provider).awaitClientsGone(1);
                done.get().assertAtMost(Duration.ofMillis(100), () -> "from [DONE]");
            }
        }
    }

    @Tag("fault-6.16")
    @Test
    void afterDone_everythingIsIgnored() {
        for (StreamReply more : List.of(
                said().finish("stop").event("[DONE]").text(" and more").end(),
                said().finish("stop").event("[DONE]").error(500).end(),
                said().finish("stop")
                        .body("data: [DONE]\n\ndata: {no json\n\ndata: x")
                        .end(),
                said().finish("stop").event("[DONE]").reset())) {
            try (FaultBench bench = FaultBench.alone("openrouter")) {
                bench.openrouter.then(more);
                Outcome outcome = bench.call(Mode.STREAM);
                assertEquals("hello", outcome.answer().text());
                assertEquals(List.of("hel", "lo"), outcome.texts());
                assertEquals(FinishReason.STOP, outcome.answer().finishReason());
            }
        }
    }

    @Tag("fault-6.17")
    @Test
    void cleanEnd_withoutFinishReason_isATruncatedAnswer() {
        StreamReply open = StreamReply.untilClose().role().text("hel").text("lo");
        for (Reply end : List.of(
                said().end(),
                said().usage(5, 2).end(),
                said().body("data: {\"choices\":[{\"delta\":{\"content\":\"nev").end(),
                said().event("{\"choices\":[{\"delta\":{},\"finish_reason\":null}]}")
                        .end(),
                open.end(),
                open.body("data: {\"choi").end())) {
            assertEquals(
                    ErrorReason.TRUNCATED,
                    assertTerminal(ErrorKind.SERVICE, end).reason().orElseThrow());
        }
    }

    @Tag("fault-6.17")
    @Test
    void cut_withoutFinishReason_isALostConnection() {
        for (Reply cut :
                List.of(said().cut(), said().body("data: {\"choices\":[{").cut())) {
            assertEquals(
                    ErrorReason.CONNECTION_LOST,
                    assertTerminal(ErrorKind.CONNECTION, cut).reason().orElseThrow());
        }
    }

    @Tag("fault-6.18")
    @ParameterizedTest
    @CsvSource({
        "400, INVALID_REQUEST, false",
        "401, AUTHENTICATION, false",
        "402, RESOURCE_EXHAUSTED, false",
        "408, TIMEOUT, true",
        "429, RATE_LIMIT, true",
        "500, SERVICE, true",
        "502, SERVICE, true"
    })
    void errorEvent_beforeContent_isAsThatStatus(int code, ErrorKind kind, boolean again) {
        Expected expected = Expected.error(kind).fallsBack();
        expected = again ? expected.retried() : expected;
        expected.check(Mode.STREAM, StreamReply.chunked().error(code).end());
        expected.check(
                Mode.STREAM,
                StreamReply.untilClose()
                        .comment()
                        .role()
                        .usage(5, 0)
                        .error(code)
                        .done());
    }

    @Tag("fault-6.19")
    @ParameterizedTest
    @CsvSource({"400, INVALID_REQUEST", "402, RESOURCE_EXHAUSTED", "429, RATE_LIMIT", "502, SERVICE", "504, TIMEOUT"})
    void errorEvent_afterContent_endsTheCallAtOnce(int code, ErrorKind kind) {
        assertTerminal(kind, said().error(code)); // the server keeps the connection open
        assertTerminal(kind, said().error(code).text("never").finish("stop").done());
    }

    @Tag("fault-6.19")
    @Test
    void errorEvent_withoutACode_isAServiceError() {
        assertTerminal(ErrorKind.SERVICE, said().event("{\"error\":{\"message\":\"m\"}}"));
        assertTerminal(ErrorKind.SERVICE, said().event("{\"error\":\"it broke\"}"));
        assertTerminal(ErrorKind.SERVICE, said().event("{\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}"));
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of("no JSON", "data: {no json\n\n".getBytes(UTF_8)),
                Arguments.of("half a JSON", "data: {\"choices\":[{\"delta\":\n\n".getBytes(UTF_8)),
                Arguments.of("HTML", "data: <html>\n\n".getBytes(UTF_8)),
                Arguments.of("a list", "data: [1,2]\n\n".getBytes(UTF_8)),
                Arguments.of("a number", "data: 5\n\n".getBytes(UTF_8)),
                Arguments.of("no UTF-8", inAText((byte) 0xC3, (byte) 0x28)),
                Arguments.of("half a character", inAText((byte) 0xE4, (byte) 0xB8)),
                Arguments.of("a raw surrogate", inAText((byte) 0xED, (byte) 0xA0, (byte) 0x80)));
    }

    private static byte[] inAText(byte... bytes) {
        byte[] event = "data: {\"choices\":[{\"delta\":{\"content\":\"???\"}}]}\n\n".getBytes(UTF_8);
        System.arraycopy(bytes, 0, event, new String(event, UTF_8).indexOf("???"), bytes.length);
        return event;
    }

    @Tag("fault-6.20")
    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void unreadableEvent_isAServiceErrorAtOnce(String what, byte[] event) {
        SERVICE.reason(ErrorReason.MALFORMED_RESPONSE)
                .check(Mode.STREAM, StreamReply.chunked().role().body(event));
        LlmException error = assertTerminal(
                ErrorKind.SERVICE, said().body(event).text("never").finish("stop"));
        assertEquals(ErrorReason.MALFORMED_RESPONSE, error.reason().orElseThrow());
    }

    static final List<Reply> EMPTY = List.of(
            StreamReply.chunked().end(),
            StreamReply.untilClose().end(),
            StreamReply.chunked().done(),
            StreamReply.chunked().comment().comment().end(),
            StreamReply.chunked().role().done(),
            StreamReply.chunked().event("").event("{}").done(),
            StreamReply.chunked().usage(5, 0).done());

    @Tag("fault-6.21")
    @ParameterizedTest
    @FieldSource("EMPTY")
    void streamWithoutContent_isRetriedThenFallsBack(Reply empty) {
        SERVICE.check(Mode.STREAM, empty);
    }

    @Tag("fault-6.22")
    @Test
    void wholeAnswer_isDeliveredInOnePiece() {
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench = FaultBench.alone(provider)) {
                bench.server(provider).then(Reply.answer("hello"));
                Outcome outcome = bench.call(Mode.STREAM);
                assertEquals(List.of("hello"), outcome.texts());
                assertEquals("hello", outcome.answer().text());
                assertEquals(7, outcome.answer().usage().totalTokens().orElseThrow());
            }
        }
    }

    static final List<Reply> OTHER_TYPES = List.of(
            Reply.of(200, "text/html", "<html>sign in</html>"),
            Reply.of(200, "text/event-stream", "<html>sign in</html>"),
            Reply.of(200, "application/json", "<html>sign in</html>"),
            Reply.of(200, "image/png", "\u0089PNG"));

    @Tag("fault-6.23")
    @ParameterizedTest
    @FieldSource("OTHER_TYPES")
    void contentThatIsNoAnswer_isRetriedThenFallsBack(Reply other) {
        SERVICE.check(Mode.STREAM, other);
    }

    /**
     * The first bytes decide whether a body is a stream, because servers and proxies announce streams with various
     * content types.
     */
    @Tag("fault-6.23")
    @ParameterizedTest
    @ValueSource(strings = {"text/html", "text/plain", "application/json", "application/octet-stream"})
    void streamWithAnotherContentType_isTheAnswer(String type) {
        Reply stream = Reply.of(
                200,
                type,
                "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
        for (Mode mode : List.of(Mode.STREAM, Mode.CHAT)) {
            try (FaultBench bench = FaultBench.alone("openrouter")) {
                bench.server("openrouter").then(stream);
                assertEquals("x", bench.call(mode).answer().text());
                assertEquals(1, bench.server("openrouter").posts());
            }
        }
    }
}
