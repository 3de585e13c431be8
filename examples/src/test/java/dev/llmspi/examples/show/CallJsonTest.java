package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the names in the JSON output. Scripts depend on these names, so a change would break the scripts. */
class CallJsonTest {

    private static final Duration TOOK = Duration.ofNanos(1_234_999_999);

    @Test
    void answer_isOneLineOfAsciiWithAllNames() {
        ChatResponse response = ChatResponse.builder(AssistantMessage.builder()
                        .text("Gr\u00fc\u00dfe\n\"\ud83d\ude00\"\u0001\\")
                        .toolCalls(List.of(new ToolCall("t1", "weather", "{\"city\":", false)))
                        .build())
                .callId("c1")
                .provider("openrouter")
                .model("vendor/model")
                .requestId("gen-1")
                .finishReason(FinishReason.TOOL_CALLS)
                .rawFinishReason("tool_use")
                .usage(Usage.builder()
                        .inputTokens(3)
                        .cost(new BigDecimal("1.2E-5"))
                        .build())
                .attempts(List.of(Attempt.builder("openrouter", Outcome.SUCCESS)
                        .model("vendor/model")
                        .start(Duration.ofMillis(1))
                        .duration(Duration.ofMillis(12))
                        .requestId("gen-1")
                        .build()))
                .build();
        assertEquals(
                "{\"outcome\":\"success\",\"callId\":\"c1\","
                        + "\"text\":\"Gr\\u00fc\\u00dfe\\n\\\"\\ud83d\\ude00\\\"\\u0001\\\\\","
                        + "\"finishReason\":\"tool_calls\",\"rawFinishReason\":\"tool_use\","
                        + "\"provider\":\"openrouter\","
                        + "\"model\":\"vendor/model\",\"requestId\":\"gen-1\","
                        + "\"usage\":{\"inputTokens\":3,\"outputTokens\":null,\"totalTokens\":null,"
                        + "\"cachedInputTokens\":null,\"reasoningTokens\":null,\"cost\":0.000012},"
                        + "\"durationMs\":1234,\"error\":null,"
                        + "\"attempts\":[{\"provider\":\"openrouter\",\"model\":\"vendor/model\","
                        + "\"outcome\":\"success\","
                        + "\"sent\":true,\"kind\":null,\"status\":null,\"startMs\":1,\"durationMs\":12,\"waitMs\":0,"
                        + "\"retryAfterMs\":null,\"requestId\":\"gen-1\"}],"
                        + "\"toolCalls\":[{\"id\":\"t1\",\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\"}]}",
                JsonLine.of(CallJson.answer(response, TOOK)));
    }

    @Test
    void error_hasTheSameNamesAsAnAnswer() {
        LlmException error = LlmRateLimitException.builder()
                .callId("c2")
                .provider("portkey")
                .model("gpt-x")
                .status(429)
                .code("slow_down")
                .reason(ErrorReason.IN_FLIGHT_BUDGET)
                .retryAfter(Duration.ofSeconds(2))
                .requestId("r9")
                .message("too fast")
                .attempts(List.of(
                        Attempt.builder("openrouter", Outcome.SKIPPED)
                                .reason(ErrorReason.COOLDOWN)
                                .build(),
                        Attempt.builder("portkey", Outcome.ERROR)
                                .kind(ErrorKind.RATE_LIMIT)
                                .status(429)
                                .waitBefore(Duration.ofMillis(150))
                                .retryAfter(Duration.ofSeconds(2))
                                .build()))
                .build();
        assertEquals(
                "{\"outcome\":\"error\",\"callId\":\"c2\",\"text\":null,\"finishReason\":null,\"rawFinishReason\":null,"
                        + "\"provider\":\"portkey\",\"model\":\"gpt-x\",\"requestId\":\"r9\",\"usage\":null,"
                        + "\"durationMs\":1234,\"error\":{\"kind\":\"RateLimit\",\"reason\":\"IN_FLIGHT_BUDGET\","
                        + "\"status\":429,\"code\":\"slow_down\",\"retryAfterMs\":2000,\"message\":\"too fast\"},"
                        + "\"attempts\":[{\"provider\":\"openrouter\",\"model\":null,\"outcome\":\"skipped\","
                        + "\"sent\":false,\"kind\":null,\"status\":null,\"startMs\":0,\"durationMs\":0,\"waitMs\":0,"
                        + "\"retryAfterMs\":null,\"requestId\":null},"
                        + "{\"provider\":\"portkey\",\"model\":null,\"outcome\":\"error\",\"sent\":true,"
                        + "\"kind\":\"RateLimit\",\"status\":429,\"startMs\":0,\"durationMs\":0,\"waitMs\":150,"
                        + "\"retryAfterMs\":2000,\"requestId\":null}],\"toolCalls\":null}",
                JsonLine.of(CallJson.error(error, TOOK)));
    }

    @Test
    void streamed_answer_containsTimeToFirstToken() {
        Attempt failed = Attempt.builder("openrouter", Outcome.ERROR).build();
        Attempt answered = Attempt.builder("portkey", Outcome.SUCCESS)
                .firstToken(Duration.ofNanos(87_900_000))
                .build();
        ChatResponse response = ChatResponse.builder(AssistantMessage.of("ok"))
                .attempts(List.of(failed, answered))
                .build();
        String json = JsonLine.of(CallJson.streamed(response, TOOK));
        assertTrue(json.endsWith(",\"toolCalls\":[],\"timeToFirstTokenMs\":87}"), json);
        assertFalse(json.contains("partialText"), json);
    }

    @Test
    void streamed_error_containsDeliveredText() {
        LlmException error = LlmRateLimitException.builder()
                .message("cut")
                .partial(ChatResponse.builder(AssistantMessage.of("half of \u00fc"))
                        .build())
                .build();
        String json = JsonLine.of(CallJson.streamed(error, TOOK));
        assertTrue(
                json.endsWith(",\"toolCalls\":[],\"partialText\":\"half of \\u00fc\",\"timeToFirstTokenMs\":null}"),
                json);
        String nothing = JsonLine.of(
                CallJson.streamed(LlmRateLimitException.builder().message("no").build(), TOOK));
        assertTrue(nothing.endsWith(",\"toolCalls\":null,\"partialText\":null,\"timeToFirstTokenMs\":null}"), nothing);
    }

    @ParameterizedTest
    @EnumSource(ErrorKind.class)
    void kindName_followsTheExceptionClass(ErrorKind kind) {
        String className = LlmException.builder(kind).build().getClass().getSimpleName();
        assertEquals("Llm" + KindName.of(kind) + "Exception", className);
    }
}
