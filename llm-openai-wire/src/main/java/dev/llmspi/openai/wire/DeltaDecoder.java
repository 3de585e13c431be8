package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonToken;
import dev.llmspi.api.ChatStreamEvent;
import java.io.IOException;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Reads the deltas of a stream: pieces of text, reasoning and tool calls. */
final class DeltaDecoder {

    private final ChunkParser json;
    private final StreamedReply reply;
    private final Deque<ChatStreamEvent> events;
    private final ChunkTemplate template;
    private boolean hasContent;

    DeltaDecoder(ChunkParser json, StreamedReply reply, Deque<ChatStreamEvent> events, ChunkTemplate template) {
        this.json = json;
        this.reply = reply;
        this.events = events;
        this.template = template;
    }

    /** @param ours whether it belongs to the answer that is wanted */
    void read(JsonToken start, boolean ours) throws IOException {
        if (start != JsonToken.START_OBJECT || !ours) {
            json.skip(start);
            return;
        }
        String reasoning = "";
        String shown = "";
        while (json.parser().nextToken() == JsonToken.FIELD_NAME) {
            String name = json.parser().currentName();
            JsonToken value = json.parser().nextToken();
            switch (name) {
                case "content" -> content(value);
                case "reasoning", "reasoning_content" -> {
                    String text = json.text(value);
                    reasoning = reasoning.isEmpty() && text != null ? text : reasoning;
                }
                case "reasoning_details" -> shown = reasoningDetails(value);
                case "tool_calls" -> json.elements(value, this::toolCall);
                case "refusal" -> refusal(json.text(value));
                default -> json.skip(value);
            }
        }
        json.ended(JsonToken.END_OBJECT);
        // The same text stands in both; some servers send the details alone.
        String thought = reasoning.isEmpty() ? shown : reasoning;
        if (!thought.isEmpty()) {
            template.foundMore();
            reply.grow(thought.length());
            // Thought comes before what is said, in whatever order the fields stand.
            events.addFirst(new ChatStreamEvent.ReasoningDelta(thought));
        }
    }

    private void content(JsonToken value) throws IOException {
        if (value == JsonToken.START_ARRAY) {
            template.foundMore();
            for (Object part : JsonObject.listIn(json.value(value))) {
                Object text =
                        part instanceof String ? part : JsonObject.from(part).value("text");
                piece(text instanceof String piece ? piece : "");
            }
        } else if (value == JsonToken.VALUE_STRING) {
            String text = json.parser().getText();
            piece(text);
            if (template.isLearning()) {
                template.foundText(text, json.position());
            }
        } else if (value == JsonToken.VALUE_NULL) {
            return;
        } else {
            throw new IOException();
        }
    }

    /** What the model says instead of an answer is its text, as in {@link MessageDecoder}: silence would be cut. */
    private void refusal(@Nullable String text) throws IOException {
        if (text != null && !text.isEmpty()) {
            template.foundMore();
            reply.grow(text.length());
            reply.refusal(text);
            if (!hasContent) {
                events.add(new ChatStreamEvent.TextDelta(text));
            }
        }
    }

    /** A piece of the answer's text. */
    void piece(String text) throws IOException {
        if (!text.isEmpty()) {
            reply.grow(text.length());
            hasContent = true;
            events.add(new ChatStreamEvent.TextDelta(text));
        }
    }

    private String reasoningDetails(JsonToken value) throws IOException {
        StringBuilder shown = new StringBuilder();
        for (Object element : JsonObject.listIn(json.value(value))) {
            JsonObject detail = JsonObject.from(element);
            if (!detail.isEmpty()) {
                template.foundMore();
                reply.grow(JsonTree.weight(detail.members()));
                reply.reasoning().add(detail.members());
                shown.append(ReasoningFragments.textOf(detail.members()));
            }
        }
        return shown.toString();
    }

    private void toolCall(int position) throws IOException {
        int index = -1;
        String id = null;
        Function function = new Function(null, "");
        while (json.parser().nextToken() == JsonToken.FIELD_NAME) {
            String name = json.parser().currentName();
            JsonToken value = json.parser().nextToken();
            switch (name) {
                case "index" ->
                    index = value == JsonToken.VALUE_NUMBER_INT ? json.parser().getIntValue() : -1;
                case "id" -> id = json.scalar(value);
                case "function" -> function = function(value);
                default -> json.skip(value);
            }
        }
        json.ended(JsonToken.END_OBJECT);
        template.foundMore();
        reply.grow(function.arguments.length() + length(id) + length(function.name));
        reply.toolCalls().add(index, position, id, function.name, function.arguments, events);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private record Function(@Nullable String name, String arguments) {}

    private Function function(JsonToken start) throws IOException {
        String tool = null;
        String arguments = "";
        if (start != JsonToken.START_OBJECT) {
            json.skip(start);
            return new Function(null, "");
        }
        while (json.parser().nextToken() == JsonToken.FIELD_NAME) {
            String name = json.parser().currentName();
            JsonToken value = json.parser().nextToken();
            switch (name) {
                case "name" -> tool = json.scalar(value);
                case "arguments" -> {
                    Object given = json.value(value);
                    arguments = given == null ? "" : given instanceof String text ? text : Json.text(given);
                }
                default -> json.skip(value);
            }
        }
        json.ended(JsonToken.END_OBJECT);
        return new Function(tool, arguments);
    }
}
