package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import java.util.List;
import java.util.Map;

/** A round of tool calls, and the request that sends it back to the server. */
final class ToolRound {

    private ToolRound() {}

    static ToolCall call(Map<String, String> fields) {
        return new ToolCall("c1", "f", "{}", true, fields);
    }

    static AssistantMessage answer(Map<String, String> ofMessage, Map<String, String> ofCall) {
        return AssistantMessage.builder()
                .toolCalls(List.of(call(ofCall)))
                .providerFields(ofMessage)
                .from("local", "m")
                .build();
    }

    /** Returns the body that is sent for these messages. */
    static String sent(Bench bench, Message... messages) throws Exception {
        assertEquals(List.of(), bench.faults);
        return bench.sent(
                ChatRequest.builder().model("m").messages(List.of(messages)).build());
    }

    /** Sends the message within the current round of tool calls. */
    static String inRound(AssistantMessage answer, Object... config) throws Exception {
        try (Bench bench = new Bench(config)) {
            return sent(bench, Message.user("u"), answer, ToolMessage.of("c1", "42"));
        }
    }

    /** Sends the message in the turn after the round of tool calls. */
    static String later(AssistantMessage answer, Object... config) throws Exception {
        try (Bench bench = new Bench(config)) {
            return sent(bench, Message.user("u"), answer, ToolMessage.of("c1", "42"), Message.user("and now?"));
        }
    }
}
