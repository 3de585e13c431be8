package com.example.anthropic;

import dev.llmspi.api.ToolCall;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.contract.HttpProviderContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the provider contract tests with bodies and events in the format of the Messages API. */
class AnthropicProviderTest extends HttpProviderContract {

    @Override
    protected LlmProviderFactory factory() {
        return new AnthropicProviderFactory();
    }

    @Override
    protected Map<String, ?> config(String baseUrl, String key) {
        return Map.of("base-url", baseUrl, "api-key", key);
    }

    private static String message(String content, String stopReason) {
        return """
                {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[%s],"stop_reason":"%s",
                 "usage":{"input_tokens":%d,"output_tokens":%d}}"""
                .formatted(content, stopReason, INPUT_TOKENS, OUTPUT_TOKENS);
    }

    @Override
    protected String answer(String text) {
        return message("{\"type\":\"text\",\"text\":" + json(text) + "}", "end_turn");
    }

    @Override
    protected String error(int status, String message) {
        return "{\"type\":\"error\",\"error\":{\"message\":" + json(message) + "}}";
    }

    @Override
    protected String toolCalls(List<ToolCall> calls) {
        List<String> blocks = new ArrayList<>();
        for (ToolCall call : calls) {
            blocks.add("{\"type\":\"tool_use\",\"id\":" + json(call.id()) + ","
                    + "\"name\":" + json(call.name()) + ",\"input\":"
                    + call.arguments() + "}");
        }
        return message(String.join(",", blocks), "tool_use");
    }

    private static String event(String type, String rest) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + (rest.isEmpty() ? "" : "," + rest) + "}\n\n";
    }

    @Override
    protected String streamStart() {
        return event("message_start", "\"message\":{\"model\":\"m\",\"usage\":{\"input_tokens\":" + INPUT_TOKENS + "}}")
                + event("content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}")
                + event("ping", "");
    }

    @Override
    protected String streamText(String text) {
        return event("content_block_delta", "\"index\":0,\"delta\":{\"type\":\"text_delta\","
                + "\"text\":" + json(text) + "}");
    }

    @Override
    protected String streamEnd() {
        return event("content_block_stop", "\"index\":0") + end("end_turn");
    }

    private static String end(String reason) {
        return event(
                        "message_delta",
                        "\"delta\":{\"stop_reason\":\"" + reason + "\"},"
                                + "\"usage\":{\"output_tokens\":" + OUTPUT_TOKENS + "}")
                + event("message_stop", "");
    }

    @Override
    protected String streamError(String message) {
        return event("error", "\"error\":{\"type\":\"overloaded_error\",\"message\":" + json(message) + "}");
    }

    @Override
    protected List<String> streamToolCalls(List<ToolCall> calls) {
        List<String> events = new ArrayList<>();
        for (ToolCall call : calls) {
            events.add(event(
                    "content_block_start",
                    "\"content_block\":{\"type\":\"tool_use\",\"id\":" + json(call.id()) + ","
                            + "\"name\":" + json(call.name())
                            + ",\"input\":{}}"));
            int half = call.arguments().length() / 2;
            for (String part : List.of(call.arguments().substring(0, half), call.arguments().substring(half))) {
                events.add(event(
                        "content_block_delta", "\"delta\":{\"type\":\"input_json_delta\","
                                + "\"partial_json\":" + json(part) + "}"));
            }
            events.add(event("content_block_stop", ""));
        }
        events.add(end("tool_use"));
        return events;
    }

    @Override
    protected FakeReply unknownModel() {
        return FakeReply.json(404, "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\","
                + "\"message\":\"model: m\"}}");
    }

    @Override
    protected FakeReply contextTooLong() {
        return FakeReply.json(
                400,
                "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                        + "\"message\":\"prompt is too long: 210000 tokens > 200000 maximum\"}}");
    }
}
