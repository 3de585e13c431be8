package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.ReasoningDelta;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ChatStreamEvent.ToolCallComplete;
import dev.llmspi.api.ChatStreamEvent.ToolCallDelta;
import dev.llmspi.api.ChatStreamEvent.UsageReported;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests the names in the JSON output. Scripts depend on these names, so a change would break the scripts. */
class EventJsonTest {

    private static String line(ChatStreamEvent event) {
        return JsonLine.of(EventJson.of(event).orElseThrow());
    }

    @Test
    void textAndReasoning_areAscii() {
        assertEquals("{\"event\":\"text\",\"text\":\"\\u00fc\\n\"}", line(new TextDelta("\u00fc\n")));
        assertEquals("{\"event\":\"reasoning\",\"text\":\"hm\"}", line(new ReasoningDelta("hm")));
    }

    @Test
    void toolCalls_partialAndComplete() {
        assertEquals(
                "{\"event\":\"tool_call_delta\",\"index\":1,\"id\":\"c\",\"name\":\"weather\","
                        + "\"arguments\":\"{\\\"a\"}",
                line(new ToolCallDelta(1, "c", "weather", "{\"a")));
        assertEquals(
                "{\"event\":\"tool_call\",\"index\":1,\"id\":\"c\",\"name\":\"weather\",\"arguments\":\"{\","
                        + "\"wellFormed\":false}",
                line(new ToolCallComplete(1, new ToolCall("c", "weather", "{", false))));
    }

    @Test
    void usageAndFinish_useTheSameNamesAsTheCall() {
        assertEquals(
                "{\"event\":\"usage\",\"usage\":{\"inputTokens\":3,\"outputTokens\":null,\"totalTokens\":null,"
                        + "\"cachedInputTokens\":null,\"reasoningTokens\":null,\"cost\":null}}",
                line(new UsageReported(Usage.builder().inputTokens(3).build())));
        assertEquals(
                "{\"event\":\"finish\",\"finishReason\":\"tool_calls\",\"rawFinishReason\":\"tool_use\","
                        + "\"model\":\"m\","
                        + "\"requestId\":null}",
                line(new Finish(
                        FinishReason.TOOL_CALLS,
                        Optional.of("tool_use"),
                        Optional.of("m"),
                        Optional.empty(),
                        List.of(),
                        Map.of())));
    }
}
