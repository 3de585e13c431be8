package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests JSON that would keep a parser busy, response heads that never end, and requests that are too large. */
@Timeout(60)
class HostileShapeTest {

    private static final Expected TOO_LARGE =
            Expected.error(ErrorKind.SERVICE).reason(ErrorReason.TOO_LARGE).fallsBack();

    private enum Shape {
        DEEP_ARRAYS("{\"x\":" + "[".repeat(100_000)),
        DEEP_OBJECTS("{\"a\":".repeat(100_000)),
        DEEP_IN_AN_ANSWER("{\"choices\":" + "[".repeat(300) + "]".repeat(300) + "}"),
        LONG_NUMBER("{\"created\":" + "9".repeat(1_000_000) + "}"),
        LONG_FRACTION("{\"created\":0." + "1".repeat(1_000_000) + "}"),
        LONG_NAME("{\"" + "n".repeat(1_000_000) + "\":1}"),
        LONG_TEXT("{\"id\":\"" + "t".repeat(5 * 1024 * 1024) + "\"}"),
        MANY_NAMES(IntStream.range(0, 300_000)
                .mapToObj(i -> "\"" + i + "\":1")
                .collect(Collectors.joining(",", "{", "}"))),
        MANY_VALUES("{\"x\":[" + "1,".repeat(1_500_000) + "1]}"),
        MANY_EMPTY_OBJECTS("{\"x\":[" + "{},".repeat(600_000) + "{}]}");

        private final String json;

        Shape(String json) {
            this.json = json;
        }
    }

    @Tag("fault-7.5")
    @ParameterizedTest
    @EnumSource
    void json_beyondItsBounds_isTooLargeWithin5Seconds(Shape shape) {
        TOO_LARGE.check(Mode.CHAT, Reply.json(200, shape.json));
        for (Mode mode : Mode.values()) {
            try (FaultBench bench = FaultBench.alone("openrouter")) {
                bench.openrouter.always(
                        mode == Mode.STREAM ? StreamReply.chunked().event(shape.json) : Reply.json(200, shape.json));
                Outcome outcome = bench.call(mode);
                assertEquals(Optional.of(ErrorReason.TOO_LARGE), outcome.error().reason(), () -> outcome.error()
                        .toString());
                assertTrue(outcome.took().toSeconds() < 5, () -> "took " + outcome.took());
                assertFalse(outcome.error().getMessage().length() > 2500);
            }
        }
    }

    @Tag("fault-7.5")
    @ParameterizedTest
    @EnumSource
    void json_beyondItsBoundsInAnError_theStatusDecides(Shape shape) {
        Expected.error(ErrorKind.RESOURCE_EXHAUSTED).fallsBack().check(Mode.CHAT, Reply.json(402, shape.json));
    }

    @Tag("fault-7.6")
    @ParameterizedTest
    @EnumSource
    void request_largerThan32MiB_isRefusedUnsentByEachLink(Mode mode) {
        try (FaultBench bench = FaultBench.both()) {
            Outcome outcome = bench.call(mode, ChatRequest.of("x".repeat(33 * 1024 * 1024)), CallOptions.none());
            LlmException error = outcome.error();
            assertEquals(ErrorKind.INVALID_REQUEST, error.kind());
            assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
            assertFalse(error.requestSent());
            assertEquals(0, bench.openrouter.posts() + bench.portkey.posts());
            assertEquals(2, outcome.attempts().size(), "each block has its own bound, so both links are tried");
        }
    }

    @Tag("fault-7.6")
    @ParameterizedTest
    @EnumSource
    void request_largerThanTheFirstAllows_goesToTheNext(Mode mode) {
        try (FaultBench bench = FaultBench.both().set("llm.providers.openrouter.bounds.request", 1_000)) {
            bench.portkey.then(mode.answer("hello"));
            Outcome outcome = bench.call(mode, ChatRequest.of("x".repeat(2_000)), CallOptions.none());
            assertEquals("hello", outcome.answer().text());
            assertEquals(0, bench.openrouter.posts());
            assertEquals(1, bench.portkey.posts());
        }
    }

    @Tag("fault-7.7")
    @ParameterizedTest
    @EnumSource
    void headsWithoutEnd_areNoAnswer(Mode mode) {
        Expected lost = Expected.error(ErrorKind.CONNECTION)
                .reason(ErrorReason.CONNECTION_LOST)
                .retried()
                .fallsBack();
        lost.check(mode, Reply.endless("", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100)));
        lost.check(mode, Reply.endless("", "HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n".repeat(100)));
        lost.check(mode, Reply.endless("HTTP/1.1 200 OK\r\n", "X-A: b\r\n".repeat(1000)));
        lost.check(mode, Reply.endless("HTTP/1.1 200 OK\r\nX-A: ", "b".repeat(10_000)));
        lost.check(mode, Reply.endless("HTTP/1.1 200 ", "b".repeat(10_000)));
    }

    @Tag("fault-7.7")
    @ParameterizedTest
    @EnumSource
    void redirectToItself_isNotFollowed(Mode mode) {
        Expected.error(ErrorKind.SERVICE)
                .reason(ErrorReason.REDIRECT)
                .fallsBack()
                .check(mode, Reply.json(307, "{}", "Location: /v1/chat/completions"));
    }
}
