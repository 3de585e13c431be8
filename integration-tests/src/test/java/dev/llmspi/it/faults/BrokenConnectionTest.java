package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests connections that break before the answer is complete. Every POST must be reported as an attempt, and half an
 * answer must be reported as an error.
 */
@Timeout(60)
class BrokenConnectionTest extends BothHttpVersions {

    private static final Expected LOST = Expected.error(ErrorKind.CONNECTION)
            .reason(ErrorReason.CONNECTION_LOST)
            .retried()
            .fallsBack();

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String CHUNKED = OK + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String ANSWER = """
            {"choices":[{"message":{"content":"hello"},"finish_reason":"stop"}]}""";

    @Tag("fault-1.5")
    @ParameterizedTest
    @EnumSource
    void reset_beforeTheHead_isRetriedThenFallsBack(Mode mode) {
        LOST.check(mode, Reply.reset());
    }

    @Tag("fault-1.5")
    @ParameterizedTest
    @EnumSource
    void close_beforeTheHead_isRetriedThenFallsBack(Mode mode) {
        LOST.check(mode, Reply.close());
    }

    @Tag("fault-1.5")
    @ParameterizedTest
    @EnumSource
    void close_onAKeptConnection_isOnePostForEachAttempt(Mode mode) {
        try (FaultBench bench = FaultBench.alone("openrouter")) {
            bench.openrouter.then(mode.answer("first")).always(Reply.close());
            assertEquals("first", bench.call(mode).answer().text());
            assertEquals(4, bench.call(mode).error().attempts().size());
            assertEquals(5, bench.openrouter.posts());
        }
    }

    @Tag("fault-1.6")
    @ParameterizedTest
    @EnumSource
    void reset_whileTheRequestIsSent_isRetriedThenFallsBack(Mode mode) {
        LOST.check(mode, Reply.resetAtHead());
    }

    @Tag("fault-1.6")
    @ParameterizedTest
    @EnumSource
    void reset_whileALargeRequestIsSent_isSentAgainWhole(Mode mode) {
        String prompt = "wort ".repeat(1_600_000); // 8 MB exceed the socket buffers between client and server
        try (FaultBench bench = FaultBench.alone("openrouter")) {
            bench.openrouter.then(Reply.resetAtHead()).then(mode.answer("hello"));
            Outcome outcome = bench.call(mode, ChatRequest.of(prompt), CallOptions.none());
            assertEquals("hello", outcome.answer().text());
            assertEquals(2, bench.openrouter.posts());
            assertTrue(bench.openrouter.lastRequest().body().contains('"' + prompt + '"'));
        }
    }

    @Tag("fault-1.7")
    @ParameterizedTest
    @EnumSource
    void keptConnection_closedMeanwhile_callerSeesAnAnswer(Mode mode) throws Exception {
        Semaphore closed = new Semaphore(0);
        Reply answer = mode.answer("hello");
        try (FaultBench bench = FaultBench.alone("openrouter").set("llm.retry.max-retries", 0)) {
            bench.openrouter.always(connection -> {
                answer.send(connection);
                connection.close();
                closed.release();
            });
            for (int i = 0; i < 5; i++) {
                Outcome outcome = bench.call(mode);
                assertEquals("hello", outcome.answer().text());
                assertEquals(1, outcome.sentTo("openrouter").size(), outcome::toString);
                for (Attempt stale :
                        outcome.attempts().subList(0, outcome.attempts().size() - 1)) {
                    assertEquals(ErrorReason.STALE_CONNECTION, stale.reason().orElseThrow());
                }
                assertTrue(closed.tryAcquire(10, TimeUnit.SECONDS));
            }
            assertEquals(5, bench.openrouter.posts());
        }
    }

    static Stream<Arguments> noHttp() {
        return Stream.of(
                Arguments.of("another protocol", Reply.raw("220 mail ready\r\n\r\n")),
                Arguments.of("bytes", Reply.raw(new byte[] {0, 1, 2, (byte) 0xFF, '\r', '\n', '\r', '\n'})),
                Arguments.of("half a head", Reply.raw(OK + "Content-Type: appli")),
                Arguments.of("a size that is none", Reply.raw(CHUNKED + "zz\r\n" + ANSWER)),
                Arguments.of("a negative size", Reply.raw(CHUNKED + "-5\r\n" + ANSWER + "\r\n0\r\n\r\n")),
                Arguments.of("headers without end", Reply.endless(OK, "X-More: " + "x".repeat(1000) + "\r\n")),
                Arguments.of("a header without end", Reply.endless(OK + "X-More: ", "x".repeat(1000))),
                Arguments.of("a status line without end", Reply.endless("HTTP/1.1 200 O", "K".repeat(1000))));
    }

    @Tag("fault-1.8")
    @ParameterizedTest(name = "{0}")
    @MethodSource("noHttp")
    void invalidHttp_isRetriedThenFallsBack(String name, Reply fault) {
        for (Mode mode : Mode.values()) {
            LOST.check(mode, fault);
        }
    }

    static final List<Reply> CUT_ANSWERS = List.of(
            Reply.cutBody(200, "application/json", ANSWER),
            Reply.raw(OK + "Content-Type: application/json\r\nContent-Length: " + (ANSWER.length() + 1) + "\r\n\r\n"
                    + ANSWER),
            Reply.raw(CHUNKED + Integer.toHexString(ANSWER.length()) + "\r\n" + ANSWER + "\r\n"),
            Reply.raw(CHUNKED + Integer.toHexString(ANSWER.length()) + "\r\n" + ANSWER + "\r\n0\r\n"));

    @Tag("fault-1.9")
    @ParameterizedTest
    @FieldSource("CUT_ANSWERS")
    void cutAnswer_isNoAnswer(Reply fault) {
        for (Mode mode : Mode.values()) { // a server may send a non-streaming answer to a streaming call
            LOST.check(mode, fault);
        }
    }

    static final List<Reply> CUT_STREAMS = List.of(
            StreamReply.chunked().cut(),
            StreamReply.chunked().comment().role().cut(),
            StreamReply.chunked().role().reset(),
            Reply.raw(OK + "Content-Type: text/event-stream\r\nContent-Length: 1000\r\n\r\n: waiting\n\n"));

    @Tag("fault-1.9")
    @ParameterizedTest
    @FieldSource("CUT_STREAMS")
    void cutStream_beforeContent_isRetriedThenFallsBack(Reply fault) {
        LOST.check(Mode.STREAM, fault);
    }
}
