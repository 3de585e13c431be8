package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ConfigFault;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that each bound is inclusive: a value at the bound is accepted, and a larger one is refused. */
@Timeout(20)
class BoundsTest {

    private static final String ANSWER =
            "{\"x\":%s,\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"hi\"}}]}";

    private static Bench bench(String key, int value) throws Exception {
        return new Bench("bounds", Map.of(key, value));
    }

    private static void assertTooLarge(LlmException error) {
        assertEquals(ErrorKind.SERVICE, error.kind(), error::getMessage);
        assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason(), error::getMessage);
        assertEquals(Optional.of(false), error.retryHere());
        assertTrue(error.getMessage().contains("bounds"), error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "json-depth, 7, [[[[[[]]]]]], [[[[[[[]]]]]]]",
        "json-number, 5, 12345, 123456",
        "json-name, 13, {\"abcdefghijklm\":1}, {\"abcdefghijklmn\":1}",
        "json-tokens, 100, '[1,1,1]', '[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]'",
        "text, 6, \"sixsix\", \"sevense\""
    })
    void json_atTheBoundAndBeyond(String key, int bound, String fits, String beyond) throws Exception {
        try (Bench bench = bench(key, bound)) {
            assertEquals("hi", bench.reply(ANSWER.formatted(fits)).text());
            assertTooLarge(bench.failure(200, ANSWER.formatted(beyond)));
        }
    }

    @Test
    void response_atTheBoundAndBeyond() throws Exception {
        String body = ANSWER.formatted("1");
        try (Bench bench = bench("response", body.length())) {
            assertEquals("hi", bench.reply(body).text());
            assertTooLarge(bench.failure(200, body + " "));
        }
    }

    @Test
    void errorBody_beyondTheBound_isNotRead() throws Exception {
        String body = "{\"error\":{\"code\":\"context_length_exceeded\"}}";
        try (Bench bench = bench("error-body", body.length())) {
            assertEquals(ErrorKind.MODEL, bench.failure(400, body).kind());
            assertEquals(
                    ErrorKind.INVALID_REQUEST,
                    bench.failure(400, " ".repeat(20) + body).kind());
        }
    }

    @Test
    void request_atTheBoundAndBeyond() throws Exception {
        String one = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
        try (Bench bench = bench("request", one.length())) {
            assertEquals("hi", bench.reply(ANSWER.formatted("1")).text());

            LlmException error = bench.failure(
                    ChatRequest.of("Hello!").toBuilder().model("m").build());

            assertEquals(ErrorKind.INVALID_REQUEST, error.kind());
            assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
            assertFalse(error.requestSent());
            assertEquals(Optional.of(true), error.tryNext(), "the bound is this block's own");
            assertTrue(error.getMessage().contains(one.length() + " bytes"), error.getMessage());
            assertEquals(1, bench.requests());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"line", "event", "stream"})
    void stream_atTheBoundAndBeyond(String key) throws Exception {
        String line = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}";
        String body = line + "\n\n";
        int length = key.equals("line") ? line.length() : key.equals("event") ? line.length() + 2 : body.length();
        try (Bench bench = bench(key, length)) {
            assertEquals("hi", streamed(bench, body));
        }
        try (Bench bench = bench(key, length - 1)) {
            assertTooLarge(Assertions.assertThrows(LlmException.class, () -> streamed(bench, body)));
        }
    }

    private static String streamed(Bench bench, String body) {
        bench.answer(200, body, "Content-Type: text/event-stream");
        return bench.provider.stream(Bench.HELLO, CallContext.create())
                .collect()
                .text();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "response",
                "error-body",
                "request",
                "line",
                "event",
                "stream",
                "text",
                "json-depth",
                "json-number",
                "json-name",
                "json-tokens"
            })
    void create_notAPositiveNumber_isAFault(String key) throws Exception {
        for (Object wrong : List.of(0, -1, "16 MiB", 1.5)) {
            try (Bench bench = new Bench("bounds", Map.of(key, wrong))) {
                ConfigFault fault = bench.faults.get(0);
                assertEquals("llm.providers.local.bounds." + key, fault.path());
                assertEquals("must be a whole number of at least 1", fault.text());
                assertEquals(1, bench.faults.size());
            }
        }
    }

    @Test
    void create_unknownBoundOrTooDeep_isAFault() throws Exception {
        try (Bench bench = new Bench("bounds", Map.of("respons", 1, "json-depth", 1001))) {
            List<String> paths =
                    bench.faults.stream().map(ConfigFault::path).sorted().toList();
            assertEquals(List.of("llm.providers.local.bounds.json-depth", "llm.providers.local.bounds.respons"), paths);
        }
    }
}
