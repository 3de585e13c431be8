package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

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

/** Numbers that are made to keep a processor busy, or that no type can hold. */
class NumbersTest {

    private static final String ANSWER = "{\"x\":%s,\"usage\":{\"prompt_tokens\":%s,\"total_tokens\":7},"
            + "\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"content\":\"hi\"}}]}";

    /** No digit of such a text counts, so that its length costs no time. */
    @Test
    void textOfAMillionDigits_isNoNumber() {
        String digits = "\"" + "9".repeat(1_000_000) + "\"";
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
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
    void exponentBeyondEverything_isAnAbsentNumber_neverALostConnection(String number) throws Exception {
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
    void inAStream_whereverItStands(String number) {
        String events = "data: {\"x\":%1$s,\"usage\":{\"prompt_tokens\":%1$s},\"choices\":[{\"index\":%1$s,\"delta\":{"
                        .formatted(number)
                + "\"content\":\"hi\",\"y\":%1$s,\"tool_calls\":[{\"index\":%1$s,\"id\":%1$s,\"function\":{\"name\":\"f\",\"z\":%1$s}}]}}]}\n\n"
                        .formatted(number)
                + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        ChatResponse answer =
                StreamBytes.stream(events.getBytes(StandardCharsets.UTF_8)).collect();
        assertEquals("hi", answer.text());
        assertEquals(
                List.of("f"),
                answer.toolCalls().stream().map(call -> call.name()).toList());
    }

    @Test
    void moreDigitsThanANumberMayHave_isBeyondTheBounds() throws Exception {
        try (Bench bench = new Bench()) {
            LlmException error =
                    assertThrows(LlmException.class, () -> bench.reply(ANSWER.formatted("9".repeat(1_000_000), "1")));
            assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
        }
    }
}
