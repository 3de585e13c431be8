package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests numbers that take very long to parse or that no type can represent. */
class NumbersTest {

    private static final String ANSWER = "{\"x\":%s,\"usage\":{\"prompt_tokens\":%s,\"total_tokens\":7},"
            + "\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"content\":\"hi\"}}]}";

    /** The digits of such a text are not parsed, so even a long text takes no time. */
    @Test
    void textOfAMillionDigits_isNoNumber() {
        String digits = "\"" + "9".repeat(1_000_000) + "\"";
        CpuTime.assertWithin(Duration.ofSeconds(5), () -> {
            try (Bench bench = new Bench()) {
                ChatResponse answer = bench.reply(ANSWER.formatted(digits, digits));
                assertEquals("hi", answer.text());
                assertEquals(OptionalLong.empty(), answer.usage().inputTokens());
                LlmException error = bench.failure(
                        429,
                        "{\"error\":{\"code\":" + digits + ",\"retry_after\":" + digits + "}}",
                        "Retry-After",
                        "9".repeat(1_000));
                assertEquals(ErrorKind.RATE_LIMIT, error.kind());
                assertEquals(Optional.empty(), error.retryAfter());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e99999999999", "-1e99999999999", "1E+2147483648", "0.1e-99999999999", "9e9999999999999999999"})
    void decode_hugeExponent_isAnAbsentNumber(String number) throws Exception {
        try (Bench bench = new Bench()) {
            ChatResponse answer = bench.reply(ANSWER.formatted(number, number));
            assertEquals("hi", answer.text());
            assertEquals(OptionalLong.empty(), answer.usage().inputTokens());
            assertEquals(7, answer.usage().totalTokens().orElseThrow());

            LlmException error = bench.failure(
                    429,
                    "{\"error\":{\"code\":" + number + ",\"message\":\"slow down\",\"retry_after\":" + number + "}}");
            assertEquals(ErrorKind.RATE_LIMIT, error.kind());
            assertEquals(Optional.of(429), Optional.of(error.status().orElseThrow()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "1e1000000000", "99999999999999999999", "\"1e99999999999\"", "1.5"})
    void stream_hugeNumberAnywhere_isIgnored(String number) {
        String chunk = "{\"x\":%1$s,\"usage\":{\"prompt_tokens\":%1$s},\"choices\":[{\"index\":%1$s,\"delta\":{"
                + "\"content\":\"hi\",\"y\":%1$s,\"tool_calls\":[{\"index\":%1$s,\"id\":%1$s,"
                + "\"function\":{\"name\":\"f\",\"z\":%1$s}}]}}]}";
        String events = "data: " + chunk.formatted(number) + "\n\n"
                + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        ChatResponse answer =
                StreamBytes.stream(events.getBytes(StandardCharsets.UTF_8)).collect();
        assertEquals("hi", answer.text());
        assertEquals(
                List.of("f"),
                answer.toolCalls().stream().map(call -> call.name()).toList());
    }

    @Test
    void decode_moreDigitsThanAllowed_tooLarge() throws Exception {
        try (Bench bench = new Bench()) {
            LlmException error =
                    assertThrows(LlmException.class, () -> bench.reply(ANSWER.formatted("9".repeat(1_000_000), "1")));
            assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
        }
    }
}
