package com.example.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmServiceException;
import java.util.ArrayList;
import java.util.List;

/**
 * Converts an answer from the Messages API, which contains blocks of text and tool use, a stop reason and the usage.
 */
final class MessagesResponse {

    private MessagesResponse() {}

    static ChatResponse of(JsonNode answer, Http.Exchange exchange) {
        if (answer.has("error")) {
            throw exchange.errors().of(answer.get("error"));
        }
        if (!answer.path("content").isArray()) {
            throw LlmServiceException.builder()
                    .message("the answer has no content blocks")
                    .reason(ErrorReason.MALFORMED_RESPONSE)
                    .status(exchange.response().statusCode())
                    .build();
        }
        StringBuilder text = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode block : answer.get("content")) {
            switch (block.path("type").asText()) {
                case "text" -> text.append(block.path("text").asText());
                case "tool_use" ->
                    calls.add(new ToolCall(
                            block.path("id").asText(),
                            block.path("name").asText(),
                            block.path("input").toString(),
                            true));
                default -> {
                    // blocks of unknown types are not part of the text
                }
            }
        }
        String reason = answer.path("stop_reason").asText("");
        return ChatResponse.builder(AssistantMessage.builder()
                        .text(text.toString())
                        .toolCalls(calls)
                        .build())
                .finishReason(finish(reason))
                .rawFinishReason(reason)
                .usage(usage(answer.path("usage"), Usage.builder()).build())
                .model(answer.path("model").asText(null))
                .requestId(exchange.requestId())
                .build();
    }

    static FinishReason finish(String reason) {
        return switch (reason) {
            case "end_turn", "stop_sequence" -> FinishReason.STOP;
            case "max_tokens" -> FinishReason.LENGTH;
            case "tool_use" -> FinishReason.TOOL_CALLS;
            case "refusal" -> FinishReason.CONTENT_FILTER;
            default -> FinishReason.UNKNOWN;
        };
    }

    /** Copies the token counts that are present. The other counts stay unchanged. */
    static Usage.Builder usage(JsonNode usage, Usage.Builder builder) {
        if (usage.has("input_tokens")) {
            builder.inputTokens(usage.get("input_tokens").asLong());
        }
        if (usage.has("output_tokens")) {
            builder.outputTokens(usage.get("output_tokens").asLong());
        }
        if (usage.has("cache_read_input_tokens")) {
            builder.cachedInputTokens(usage.get("cache_read_input_tokens").asLong());
        }
        if (usage.has("cache_creation_input_tokens")) {
            builder.cacheWriteTokens(usage.get("cache_creation_input_tokens").asLong());
        }
        return builder;
    }
}
