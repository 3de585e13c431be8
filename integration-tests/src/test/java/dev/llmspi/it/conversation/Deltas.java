package dev.llmspi.it.conversation;

import dev.llmspi.it.server.StreamReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Splits a message at random places into the deltas of a stream. */
final class Deltas {

    private final List<Map<String, @Nullable Object>> deltas = new ArrayList<>();
    private final Random random;

    Deltas(Random random) {
        this.random = random;
        add(object("role", "assistant", "content", ""));
    }

    /** Returns a JSON object built from alternating names and values. */
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    void add(Map<String, @Nullable Object> delta) {
        deltas.add(delta);
    }

    /** Splits a text into non-empty pieces without splitting a code point. */
    List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = Math.min(text.length(), start + 1 + random.nextInt(14));
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
                end++;
            }
            pieces.add(text.substring(start, end));
            start = end;
        }
        return pieces;
    }

    void content(Map<String, @Nullable Object> message) {
        pieces(JsonParts.text(message, "content")).forEach(piece -> add(object("content", piece)));
    }

    /**
     * Adds the tool calls in the form that most servers use: a delta with the ID and the name, then the arguments in
     * pieces.
     */
    void toolCalls(Map<String, @Nullable Object> message) {
        int index = 0;
        for (Map<String, @Nullable Object> call : JsonParts.objects(message, "tool_calls")) {
            Map<String, @Nullable Object> function = JsonParts.object(call, "function");
            toolCall(
                    "index",
                    index,
                    "id",
                    call.get("id"),
                    "type",
                    "function",
                    "function",
                    object("name", function.get("name"), "arguments", ""));
            for (String piece : pieces(JsonParts.text(function, "arguments"))) {
                toolCall("index", index, "function", object("arguments", piece));
            }
            index++;
        }
    }

    /** Adds a delta with one piece of a tool call. */
    void toolCall(@Nullable Object... namesAndValues) {
        add(object("tool_calls", List.of(object(namesAndValues))));
    }

    StreamReply reply(String finishReason) {
        StreamReply reply = StreamReply.chunked();
        StringBuilder events = new StringBuilder();
        for (Map<String, @Nullable Object> delta : deltas) {
            Map<String, @Nullable Object> choice = object("index", 0, "delta", delta, "finish_reason", null);
            events.append("data: ")
                    .append(JsonParts.write(object("id", "gen-1", "model", "served", "choices", List.of(choice))))
                    .append("\n\n");
            if (random.nextInt(4) == 0) {
                reply = reply.body(events.toString());
                events.setLength(0);
            }
        }
        return (events.isEmpty() ? reply : reply.body(events.toString()))
                .finish(finishReason)
                .usage(5, 2)
                .done();
    }
}
