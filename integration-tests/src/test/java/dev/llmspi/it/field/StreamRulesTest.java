package dev.llmspi.it.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.ReasoningDelta;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ChatStreamEvent.ToolCallComplete;
import dev.llmspi.api.ChatStreamEvent.ToolCallDelta;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ToolCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Checks that each rule for stream events detects a violation. */
@Tag("once")
class StreamRulesTest {

    private static final ToolCall CALL = new ToolCall("call_1", "f", "{\"a\":1}", true);
    private static final List<ChatStreamEvent> RIGHT = List.of(
            new ReasoningDelta("Hm."),
            new TextDelta("Hi "),
            new TextDelta("you"),
            new ToolCallDelta(0, "call_1", "f", "{\"a\":"),
            new ToolCallDelta(0, "call_1", "f", "1}"),
            new ToolCallComplete(0, CALL),
            Finish.of(FinishReason.TOOL_CALLS));

    private static final ChatResponse ANSWER = ChatResponse.builder(AssistantMessage.builder()
                    .text("Hi you")
                    .reasoning("Hm.")
                    .toolCalls(List.of(CALL))
                    .build())
            .build();

    private static List<String> broken(List<ChatStreamEvent> events) {
        Attempt attempt = Attempt.builder("first", Attempt.Outcome.SUCCESS)
                .firstToken(Duration.ZERO)
                .build();
        return StreamRules.broken(new Observed(Mode.STREAM, ANSWER, null, events, List.of(attempt), 1, 0), ANSWER);
    }

    private static List<ChatStreamEvent> with(int place, ChatStreamEvent event) {
        List<ChatStreamEvent> events = new ArrayList<>(RIGHT);
        events.set(place, event);
        return events;
    }

    private static List<ChatStreamEvent> without(int place) {
        List<ChatStreamEvent> events = new ArrayList<>(RIGHT);
        events.remove(place);
        return events;
    }

    @Test
    void rightEvents_breakNothing() {
        assertEquals(List.of(), broken(RIGHT));
    }

    @Test
    void everyEventCounts() {
        for (int i = 0; i < RIGHT.size(); i++) {
            assertFalse(broken(without(i)).isEmpty(), "without event " + i);
        }
    }

    @Test
    void changedEvents_areDetected() {
        assertFalse(broken(with(0, new ReasoningDelta("hm."))).isEmpty());
        assertFalse(broken(with(1, new TextDelta(""))).isEmpty());
        assertFalse(
                broken(with(3, new ToolCallDelta(0, "call_1", "f", "{\"a\": "))).isEmpty());
        assertFalse(
                broken(with(3, new ToolCallDelta(0, "call_0", "f", "{\"a\":"))).isEmpty());
        assertFalse(broken(with(4, new ToolCallDelta(0, "call_1", "g", "1}"))).isEmpty());
        assertFalse(broken(with(4, new ToolCallDelta(1, "call_1", "f", "1}"))).isEmpty());
        assertFalse(broken(with(5, new ToolCallComplete(0, CALL.withProviderFields(Map.of("x", "1")))))
                .isEmpty());
    }

    @Test
    void attemptWithoutFirstToken_isDetected() {
        Attempt attempt = Attempt.builder("first", Attempt.Outcome.SUCCESS).build();

        assertFalse(StreamRules.broken(new Observed(Mode.STREAM, ANSWER, null, RIGHT, List.of(attempt), 1, 0), ANSWER)
                .isEmpty());
    }
}
