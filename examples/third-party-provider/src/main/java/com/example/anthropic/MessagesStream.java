package com.example.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the events of a streamed answer. The JSON of each event contains its type, so only {@code data} lines are read.
 * If the stream ends before {@code message_stop}, there is no Finish event, which llmspi reports as an error.
 */
final class MessagesStream implements ChatStream.Source {

    private final Http.Exchange exchange;
    private final BufferedReader lines;
    private final Deque<ChatStreamEvent> ready = new ArrayDeque<>();
    private final Usage.Builder usage = Usage.builder();
    private final StringBuilder arguments = new StringBuilder();
    private String model;
    private String stopReason = "";
    private String toolId = "";
    private String toolName = "";
    private int tools;
    private boolean ended;

    MessagesStream(Http.Exchange exchange) {
        this.exchange = exchange;
        this.lines = new BufferedReader(new InputStreamReader(exchange.response().body(), StandardCharsets.UTF_8));
    }

    @Override
    public ChatStreamEvent next() {
        try {
            while (ready.isEmpty() && !ended) {
                String line = lines.readLine();
                if (line == null) {
                    break;
                }
                if (line.startsWith("data:")) {
                    read(Http.JSON.readTree(line.substring("data:".length())));
                }
            }
        } catch (IOException e) {
            throw exchange.errors().broken(e);
        }
        return ready.poll();
    }

    private void read(JsonNode event) {
        JsonNode delta = event.path("delta");
        switch (event.path("type").asText()) {
            case "message_start" -> {
                model = event.path("message").path("model").asText(null);
                MessagesResponse.usage(event.path("message").path("usage"), usage);
            }
            case "content_block_start" -> begin(event.path("content_block"));
            case "content_block_delta" -> {
                if (delta.has("text")) {
                    ready.add(new ChatStreamEvent.TextDelta(delta.get("text").asText()));
                } else if (delta.has("partial_json")) {
                    String fragment = delta.get("partial_json").asText();
                    arguments.append(fragment);
                    ready.add(new ChatStreamEvent.ToolCallDelta(tools, toolId, toolName, fragment));
                }
            }
            case "content_block_stop" -> endTool();
            case "message_delta" -> {
                stopReason = delta.path("stop_reason").asText("");
                MessagesResponse.usage(event.path("usage"), usage);
            }
            case "message_stop" -> finish();
            case "error" -> throw exchange.errors().of(event.path("error"));
            default -> {
                // "ping" events and events of unknown types are ignored
            }
        }
    }

    private void begin(JsonNode block) {
        if (block.path("type").asText().equals("tool_use")) {
            toolId = block.path("id").asText();
            toolName = block.path("name").asText();
            ready.add(new ChatStreamEvent.ToolCallDelta(tools, toolId, toolName, ""));
        }
    }

    private void endTool() {
        if (!toolId.isEmpty()) {
            String text = arguments.length() == 0 ? "{}" : arguments.toString();
            ready.add(new ChatStreamEvent.ToolCallComplete(tools, new ToolCall(toolId, toolName, text, isJson(text))));
            tools++;
            toolId = "";
            arguments.setLength(0);
        }
    }

    private static boolean isJson(String text) {
        try {
            return Http.JSON.readTree(text).isObject();
        } catch (IOException e) {
            return false;
        }
    }

    private void finish() {
        ended = true;
        ready.add(new ChatStreamEvent.UsageReported(usage.build()));
        ready.add(new ChatStreamEvent.Finish(
                MessagesResponse.finish(stopReason),
                Optional.of(stopReason),
                Optional.ofNullable(model),
                Optional.ofNullable(exchange.requestId()),
                List.of(),
                Map.of()));
    }

    @Override
    public void close() {
        exchange.close();
    }
}
