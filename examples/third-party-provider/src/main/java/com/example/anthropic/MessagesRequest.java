package com.example.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolChoice;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.error.LlmInvalidRequestException;
import java.util.Map;

/**
 * Converts a request to the format of the Messages API. System text has its own field, tool results are in user
 * messages, and content consists of blocks.
 */
final class MessagesRequest {

    private MessagesRequest() {}

    static ObjectNode of(ChatRequest request, int maxOutputTokens, boolean stream) {
        ObjectNode body = Http.JSON.createObjectNode();
        request.model().ifPresent(model -> body.put("model", model));
        body.put("max_tokens", request.maxOutputTokens().orElse(maxOutputTokens));
        request.temperature().ifPresent(value -> body.put("temperature", Math.min(1, value)));
        request.topP().ifPresent(value -> body.put("top_p", value));
        request.topK().ifPresent(value -> body.put("top_k", value));
        request.stop().forEach(body.withArray("stop_sequences")::add);
        if (request.stop().isEmpty()) {
            body.remove("stop_sequences");
        }
        messages(request, body);
        tools(request, body);
        for (Map.Entry<String, Object> extra : request.extras("anthropic").entrySet()) {
            body.set(extra.getKey(), Http.JSON.valueToTree(extra.getValue()));
        }
        if (stream) {
            body.put("stream", true);
        }
        return body;
    }

    private static void messages(ChatRequest request, ObjectNode body) {
        StringBuilder system = new StringBuilder();
        ArrayNode messages = body.putArray("messages");
        for (Message message : request.messages()) {
            if (message instanceof SystemMessage) {
                system.append(system.length() == 0 ? "" : "\n\n").append(message.text());
                continue;
            }
            String role = message instanceof AssistantMessage ? "assistant" : "user";
            blocks(message, contentOf(role, messages));
        }
        if (system.length() > 0) {
            body.put("system", system.toString());
        }
    }

    /**
     * Returns the content array for the next message. Consecutive messages of one role share an array, because roles
     * must alternate.
     */
    private static ArrayNode contentOf(String role, ArrayNode messages) {
        JsonNode last = messages.get(messages.size() - 1);
        if (last != null && last.path("role").asText().equals(role)) {
            return (ArrayNode) last.get("content");
        }
        return messages.addObject().put("role", role).putArray("content");
    }

    private static void blocks(Message message, ArrayNode content) {
        if (message instanceof ToolMessage result) {
            ObjectNode block = content.addObject().put("type", "tool_result").put("tool_use_id", result.toolCallId());
            if (result.isError()) {
                block.put("is_error", true);
            }
            result.content().forEach(part -> part(part, block.withArray("content")));
            return;
        }
        message.content().forEach(part -> part(part, content));
        if (message instanceof AssistantMessage said) {
            for (ToolCall call : said.toolCalls()) {
                content.addObject()
                        .put("type", "tool_use")
                        .put("id", call.id())
                        .put("name", call.name())
                        .set("input", object(call.arguments(), "the arguments of tool call " + call.id()));
            }
        }
    }

    private static void part(ContentPart part, ArrayNode content) {
        if (part instanceof TextPart text) {
            content.addObject().put("type", "text").put("text", text.text());
        } else if (part instanceof ImagePart image) {
            image(image.url(), content.addObject().put("type", "image").putObject("source"));
        } else {
            throw refused("this provider supports only text and images", true);
        }
    }

    private static void image(String url, ObjectNode source) {
        if (!url.startsWith("data:")) {
            source.put("type", "url").put("url", url);
            return;
        }
        int comma = url.indexOf(',');
        source.put("type", "base64")
                .put("media_type", url.substring("data:".length(), url.indexOf(';')))
                .put("data", url.substring(comma + 1));
    }

    private static void tools(ChatRequest request, ObjectNode body) {
        for (ToolDefinition tool : request.tools()) {
            body.withArray("tools")
                    .addObject()
                    .put("name", tool.name())
                    .put("description", tool.description())
                    .set("input_schema", object(tool.parameters(), "the parameters of tool " + tool.name()));
        }
        request.toolChoice().ifPresent(choice -> choice(choice, body.putObject("tool_choice")));
    }

    private static void choice(ToolChoice choice, ObjectNode node) {
        switch (choice.mode()) {
            case REQUIRED -> node.put("type", "any");
            case NONE -> node.put("type", "none");
            case NAMED -> node.put("type", "tool").put("name", choice.tool().orElseThrow());
            default -> node.put("type", "auto");
        }
    }

    private static JsonNode object(String json, String name) {
        try {
            return Http.JSON.readTree(json.isBlank() ? "{}" : json);
        } catch (JsonProcessingException e) {
            throw refused(name + " are not JSON", false);
        }
    }

    /** @param tryNext whether another provider may accept the request */
    private static RuntimeException refused(String message, boolean tryNext) {
        return LlmInvalidRequestException.builder()
                .message(message)
                .requestSent(false)
                .tryNext(tryNext)
                .build();
    }
}
