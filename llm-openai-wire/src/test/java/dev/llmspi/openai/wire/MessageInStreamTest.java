package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests chunks of a stream that contain whole messages. */
class MessageInStreamTest {

    private static final String DONE = "data: [DONE]\n\n";

    private static ChatStream stream(String end, String... choices) {
        StringBuilder body = new StringBuilder();
        for (String choice : choices) {
            body.append("data: {\"choices\":[{")
                    .append(choice.replace('\'', '"'))
                    .append("}]}\n\n");
        }
        return StreamBytes.stream((body + end).getBytes(StandardCharsets.UTF_8));
    }

    private static AssistantMessage message(String... choices) {
        return stream("", choices).collect().message();
    }

    private static Optional<ErrorReason> reason(String... choices) {
        return assertThrows(LlmException.class, stream(DONE, choices)::collect).reason();
    }

    @Test
    void reasoningDetails_areKept() {
        AssistantMessage message = message("'message':{'content':'Four.','reasoning_details':"
                + "[{'type':'reasoning.text','text':'Two and two.','signature':'s=='}]},'finish_reason':'stop'");
        assertEquals(
                List.of(Map.of("type", "reasoning.text", "text", "Two and two.", "signature", "s==")),
                message.reasoningDetails());
        assertEquals(Optional.of("Two and two."), message.reasoning());
    }

    @Test
    void reasoningDetails_ofDeltas_replaceThoseOfTheMessage() {
        AssistantMessage message = message(
                "'delta':{'content':'Four.','reasoning_details':[{'type':'t','text':'a'}]}",
                "'message':{'content':'Four.','reasoning_details':[{'type':'t','text':'b'}]},'finish_reason':'stop'");
        assertEquals(List.of(Map.of("type", "t", "text", "a")), message.reasoningDetails());
        assertEquals("Four.", message.text());
    }

    @Test
    void toolCall_withoutAName_fails() {
        String call = "'message':{'tool_calls':[{'id':'a','function':{'arguments':'{}'}}]}";
        assertEquals(Optional.of(ErrorReason.MALFORMED_RESPONSE), reason(call + ",'finish_reason':'tool_calls'"));
        assertEquals(Optional.of(ErrorReason.TRUNCATED), reason(call));
    }

    @Test
    void toolCall_incomplete_isTruncatedUnlessThereIsAFinishReason() {
        String call = "'message':{'tool_calls':[{'id':'a','function':{'name':'f','arguments':'{\\\"n\\\":'}}]}";
        assertEquals(Optional.of(ErrorReason.TRUNCATED), reason(call));
        ToolCall shown = message(call + ",'finish_reason':'length'").toolCalls().get(0);
        assertEquals("{\"n\":", shown.arguments());
        assertEquals(false, shown.wellFormed());
    }

    @Test
    void toolCall_complete_isCompletedByDone() {
        String call = "'message':{'tool_calls':[{'id':'a','function':{'name':'f','arguments':'{\\\"n\\\":1}'}}]}";
        assertEquals(
                List.of(new ToolCall("a", "f", "{\"n\":1}", true)),
                stream(DONE, call, call).collect().toolCalls());
    }

    @Test
    void collect_refusalInDeltaAndMessage_isEmittedOnce() {
        AssistantMessage message = message(
                "'delta':{'refusal':'I will '},'message':{'refusal':'I will '}",
                "'delta':{'refusal':'not.'},'message':{'refusal':'I will not.'},'finish_reason':'stop'");
        assertEquals("I will not.", message.text());
    }
}
