package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the error classification if only the status is known. */
@Timeout(60)
class StatusTest {

    private static Reply status(int status, String... headers) {
        return Reply.error(status, String.valueOf(status), "it did not work", headers);
    }

    @Tag("fault-3.1")
    @ParameterizedTest
    @ValueSource(ints = {400, 405, 413, 422})
    void invalidRequest_goesToTheNext(int status) {
        Expected.error(ErrorKind.INVALID_REQUEST).fallsBack().checkAll(status(status));
    }

    @Tag("fault-3.6")
    @ParameterizedTest
    @ValueSource(ints = {403})
    void forbidden_goesToTheNext(int status) {
        Expected.error(ErrorKind.AUTHENTICATION).fallsBack().checkAll(status(status));
    }

    @Tag("fault-3.8")
    @ParameterizedTest
    @ValueSource(ints = {408, 504, 524})
    void remoteTimeout_isRetriedOnceThenFallsBack(int status) {
        Expected.error(ErrorKind.TIMEOUT)
                .reason(ErrorReason.REMOTE_TIMEOUT)
                .retried()
                .fallsBack()
                .checkAll(status(status));
    }

    @Tag("fault-3.9")
    @ParameterizedTest
    @ValueSource(ints = {409, 500, 502, 503, 520, 521, 522, 523, 525, 526, 527, 529})
    void service_isRetriedThenFallsBack(int status) {
        Expected.error(ErrorKind.SERVICE).retried().fallsBack().checkAll(status(status));
    }

    @Tag("fault-3.10")
    @ParameterizedTest
    @EnumSource
    void retryAfterZero_isRetriedAfterOurOwnWait(Mode mode) {
        Reply atOnce = status(503, "Retry-After: 0");
        Expected.error(ErrorKind.SERVICE).retried().fallsBack().check(mode, atOnce);
        ManualTimeSource time = ManualTimeSource.create();
        try (FaultBench bench = FaultBench.alone("openrouter")
                .time(time)
                .set("llm.retry.delay", "1s")
                .set("llm.retry.max-delay", "8s")) {
            bench.openrouter.always(atOnce);
            assertEquals(4, bench.call(mode).error().attempts().size());
            assertEquals(
                    List.of(Duration.ofMillis(1_500), Duration.ofMillis(2_500), Duration.ofMillis(4_500)),
                    time.sleeps());
        }
    }

    @Tag("fault-3.11")
    @ParameterizedTest
    @EnumSource
    void rateLimit_isRetriedThenFallsBack(Mode mode) {
        Expected.error(ErrorKind.RATE_LIMIT).retried().fallsBack().check(mode, status(429));
    }

    @Tag("fault-3.11")
    @ParameterizedTest
    @EnumSource
    void rateLimit_nextProvider_hasItsOwnRetries(Mode mode) {
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.always(status(429));
            bench.portkey.then(status(429)).then(status(429)).then(status(429)).then(mode.answer("hello"));
            Outcome outcome = bench.call(mode);
            assertEquals("hello", outcome.answer().text());
            assertEquals(4, outcome.sentTo("openrouter").size());
            assertEquals(4, outcome.sentTo("portkey").size());
        }
    }

    @Tag("fault-3.12")
    @ParameterizedTest
    @ValueSource(ints = {406, 410, 411, 415, 418, 420, 421, 423, 431, 444, 450, 497})
    void other4xx_goesToTheNext(int status) {
        Expected.error(ErrorKind.INVALID_REQUEST).fallsBack().checkAll(status(status));
    }

    /** Non-standard status codes that mean "not now", such as those for Groq's flex capacity and Gemini's CANCELLED. */
    @Tag("fault-3.12")
    @ParameterizedTest
    @ValueSource(ints = {424, 425, 460, 498, 499})
    void temporary4xx_isRetriedThenFallsBack(int status) {
        Expected.error(ErrorKind.SERVICE).retried().fallsBack().checkAll(status(status));
    }

    @Tag("fault-3.12")
    @ParameterizedTest
    @ValueSource(ints = {501, 505, 506, 511, 530, 598, 599})
    void other5xx_isRetriedThenFallsBack(int status) {
        Expected.error(ErrorKind.SERVICE).retried().fallsBack().checkAll(status(status));
    }

    /** The call falls back, because the base URL may be wrong for this provider only. */
    @Tag("fault-3.12")
    @ParameterizedTest
    @EnumSource
    void notFound_byAnUnknownServer_goesToTheNext(Mode mode) {
        Expected.error(ErrorKind.INVALID_REQUEST)
                .reason(ErrorReason.PROVIDER_SETTINGS)
                .fallsBack()
                .check(mode, Reply.of(404, "text/html", "<html>nothing here</html>"));
    }

    @Tag("fault-3.15")
    @ParameterizedTest
    @EnumSource
    void interimAnswers_areSkipped(Mode mode) {
        try (FaultBench bench = FaultBench.both().chain("openrouter", "portkey")) {
            for (TestUpstream server : List.of(bench.openrouter, bench.portkey)) {
                server.always(connection -> {
                    connection.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n".getBytes(US_ASCII));
                    connection.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".getBytes(US_ASCII));
                    mode.answer("hello").send(connection);
                });
                Outcome outcome = bench.call(mode);
                assertEquals("hello", outcome.answer().text());
                assertEquals(1, outcome.attempts().size());
            }
        }
    }

    @Tag("fault-3.15")
    @ParameterizedTest
    @ValueSource(ints = {204, 206})
    void successWithoutAWholeBody_isRetriedThenFallsBack(int status) {
        String answer = """
                {"choices":[{"message":{"content":"hello"},"finish_reason":"stop"}]}""";
        Expected service = Expected.error(ErrorKind.SERVICE).retried().fallsBack();
        String head = "HTTP/1.1 " + status + (status == 204 ? " Test" : " Test\r\nContent-Length: 0") + "\r\n\r\n";
        service.checkAll(connection -> connection.write(head.getBytes(US_ASCII)));
        if (status == 206) {
            service.checkAll(Reply.json(206, answer));
            service.check(
                    Mode.STREAM,
                    Reply.of(206, "text/event-stream", "data: " + answer.replace("message", "delta") + "\n\n"));
        }
    }
}
