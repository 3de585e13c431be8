package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks that redaction keeps the facts that an engineer needs to find the cause of an error. */
@Timeout(60)
class ReadableErrorTest {

    private static final String ID = "call_abc123def456ghi789jklmno";
    private static final String KEY = "sk-test-abc123def456";

    private static final ChatRequest REQUEST = ChatRequest.builder()
            .user("temperature")
            .message(AssistantMessage.builder()
                    .toolCalls(List.of(new ToolCall(ID, "get_weather", "{\"city\":\"Paris\"}", true)))
                    .build())
            .message(Message.tool(ID, "{\"tool_call_id\":\"" + ID + "\",\"result\":\"not found\"}"))
            .message(Message.tool(ID, "not found"))
            .build();

    @ParameterizedTest
    @EnumSource
    void error_namesAToolCall_itsIdAndTheReasonAreShown(Mode mode) {
        for (String provider : List.of("openrouter", "portkey")) {
            assertShown(provider, mode, "Duplicate value for 'tool_call_id' of " + ID + " in message[3]");
            assertShown(provider, mode, "No tool call found for function call output with call_id " + ID + ".");
            assertShown(provider, mode, "toolu_01A09q90qw90lq917835lq9 was not found");
            assertShown(provider, mode, "temperature is not supported with streaming, field required");
        }
    }

    private static void assertShown(String provider, Mode mode, String said) {
        try (FaultBench bench = FaultBench.alone(provider)
                .set("llm.providers." + provider + ".api-key", KEY)
                .set("llm.providers." + provider + ".headers", Map.of("X-Feature", "streaming"))) {
            bench.server(provider).always(Reply.error(400, "invalid_value", said));
            String message =
                    bench.call(mode, REQUEST, CallOptions.none()).error().getMessage();
            assertTrue(message.contains(said), message);
        }
    }

    @ParameterizedTest
    @EnumSource
    void error_repeatsAShortKey_wordsThatContainItAreShown(Mode mode) {
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench = FaultBench.alone(provider).set("llm.providers." + provider + ".api-key", "ok")) {
                bench.server(provider).always(Reply.error(400, "x", "key ok: too many tokens at broker ok/model"));
                String message = bench.call(mode).error().getMessage();
                assertTrue(message.contains("key ***: too many tokens at broker ok/model"), message);
            }
        }
    }
}
