package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests how a dialect reads and changes errors, and the advice in their messages. */
@Timeout(20)
class DialectErrorTest {

    private static LlmException failure(Consumer<WireError> dialect, int status, String body, String... headers)
            throws Exception {
        OpenAiDialect accent = new OpenAiDialect() {
            @Override
            public void error(WireError error) {
                dialect.accept(error);
            }
        };
        try (Bench bench = new Bench(accent)) {
            return bench.failure(status, body.replace('\'', '"'), headers);
        }
    }

    @Test
    void error_dialect_seesTheWholeReply() throws Exception {
        List<Object> seen = new ArrayList<>();
        failure(
                error -> {
                    seen.add(error.reply().status());
                    seen.add(error.reply().header("x-test").orElse(""));
                    seen.add(error.status());
                    seen.add(error.bodyStatus());
                    seen.add(error.body().text("more").orElse(""));
                    seen.add(error.error().text("param").orElse(""));
                    seen.add(error.message());
                    seen.add(error.code());
                    seen.add(error.kind());
                    seen.add(error.reason());
                    seen.add(error.retryAfter());
                    seen.add(error.isByStatus());
                    seen.add(error.toString());
                },
                429,
                "{'error':{'message':'m','code':503,'type':'insufficient_quota','param':'p'},'more':'x'}",
                "X-Test: header",
                "Retry-After: 3");
        assertEquals(
                List.of(
                        429,
                        "header",
                        429,
                        503,
                        "x",
                        "p",
                        "m",
                        Optional.of("503"),
                        ErrorKind.RESOURCE_EXHAUSTED,
                        Optional.of(ErrorReason.QUOTA),
                        Optional.of(Duration.ofSeconds(3)),
                        false,
                        "WireError[429, RESOURCE_EXHAUSTED]"),
                seen);
        failure(
                error -> {
                    assertEquals(0, error.bodyStatus());
                    assertEquals(Optional.empty(), error.retryAfter());
                    assertEquals(Optional.empty(), error.code());
                    assertTrue(error.isByStatus());
                    assertTrue(error.body().isEmpty() && error.error().isEmpty());
                },
                500,
                "oops");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "perhaps,"})
    void shouldRetryHeader_takesPrecedenceOverTheDialect(String said, @Nullable Boolean retry) throws Exception {
        LlmException error = failure(
                wire -> wire.judge(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND), 404, "{}", "X-Should-Retry: " + said);
        assertEquals(Optional.ofNullable(retry), error.retryHere());
    }

    @Test
    void error_dialectReplacesTheVerdict_discardsEarlierOverrides() throws Exception {
        LlmException model = failure(error -> error.judge(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND), 302, "{}");
        assertEquals(ErrorKind.MODEL, model.kind());
        assertEquals(ErrorReason.MODEL_NOT_FOUND, model.reason().orElseThrow());
        assertEquals(Optional.empty(), model.retryHere());
        LlmException byStatus = failure(error -> error.judgeByStatus(404), 500, "{}");
        assertEquals(ErrorKind.INVALID_REQUEST, byStatus.kind());
        assertEquals(Optional.of(true), byStatus.tryNext());
        LlmException overridden = failure(
                error -> {
                    error.retryHere(false);
                    error.tryNext(false);
                },
                500,
                "{}");
        assertEquals(Optional.of(false), overridden.retryHere());
        assertEquals(Optional.of(false), overridden.tryNext());
    }

    @Test
    void dialect_replacesTextAndCode() throws Exception {
        LlmException error = failure(
                found -> {
                    found.message("said by the upstream");
                    found.code("own_code");
                },
                404,
                "{'error':{'message':'x','code':'y'}}");
        assertEquals(Optional.of("own_code"), error.code());
        assertTrue(error.getMessage().contains("said by the upstream"), error.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 |                        | (check the key and its permissions)",
                "402 |                        | (add credit or raise the limit there)",
                "404 |                        | (check its base-url and settings)",
                "422 |                        | (the reason is unknown; another provider may accept the request)",
                "446 |                        | (the content was refused)",
                "429 |                        | (slow down)",
                "500 |                        | (try later)",
                "302 |                        | (redirects are not followed; check its base-url)",
                "400 | model_not_found        | (choose another model)",
                "400 | context_length_exceeded| (shorten the conversation or choose a model with more context)",
            })
    void message_saysWhatToDo(int status, String code, String advice) throws Exception {
        String body = "{'error':{'message':'said','code':'" + (code == null ? "" : code) + "'}}";
        String message = failure(error -> {}, status, body).getMessage();
        assertTrue(message.endsWith(advice), message);
        assertTrue(message.contains("answered " + status), message);
        assertEquals(status != 302, message.contains(": said"), message);
    }

    @Test
    void map_wait_isInTheMessage() throws Exception {
        String message = failure(error -> {}, 429, "{}", "Retry-After: 2").getMessage();
        assertTrue(message.endsWith("answered 429 (wait 2000 ms)"), message);
    }

    @Test
    void message_insideASuccess_namesTheStatusOfTheBody() throws Exception {
        assertTrue(failure(error -> {}, 200, "{'error':{'message':'m'}}")
                .getMessage()
                .contains("answered with an error: m"));
        assertTrue(failure(error -> {}, 200, "{'error':{'message':'m','code':300}}")
                .getMessage()
                .contains("answered with an error: m"));
        assertTrue(failure(error -> {}, 200, "{'error':{'message':'m','code':503}}")
                .getMessage()
                .contains("answered 503: m"));
    }

    @Test
    void requestId_isTheFirstThatIsThere() throws Exception {
        String body = "{'id':'of-the-body','error':{'message':'m'}}";
        assertEquals(
                Optional.of("1"),
                failure(error -> {}, 500, body, "X-Request-Id: 1", "x-portkey-request-id: 2")
                        .requestId());
        assertEquals(
                Optional.of("2"),
                failure(error -> {}, 500, body, "x-portkey-request-id: 2", "X-Generation-Id: 3")
                        .requestId());
        assertEquals(
                Optional.of("3"),
                failure(error -> {}, 500, body, "X-Generation-Id: 3").requestId());
        assertEquals(Optional.of("of-the-body"), failure(error -> {}, 500, body).requestId());
    }
}
