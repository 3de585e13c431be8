package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decodes the delta in a chunk: its text, reasoning, tool calls and unknown members. */
final class DeltaDecoder {

    private static final int MOST_NAMES = 8;

    private final ChunkParser json;
    private final ChunkParser.Element toolCall = this::toolCall;
    private final Function function = new Function();
    private final Set<String> emptyReasoning = new HashSet<>();
    private List<Chunk.Piece> calls = List.of();
    /** The {@code function_call} of the current delta. */
    private Chunk.@Nullable ToolFragment legacyCall;

    DeltaDecoder(ChunkParser json) {
        this.json = json;
    }

    void read(JsonToken start, Chunk.Choice choice) throws IOException {
        if (start == JsonToken.VALUE_STRING) {
            text(json.parser().getText(), choice);
            return;
        }
        if (start != JsonToken.START_OBJECT) {
            json.skip(start);
            return;
        }
        legacyCall = null;
        while (json.nextMember()) {
            String name = json.parser().currentName();
            JsonToken value = json.parser().nextToken();
            switch (name) {
                case "content" -> content(value, choice);
                case "role" -> json.skip(value);
                case "error" -> choice.error |= ResponseDecoder.isError(json.value(value));
                case "tool_calls" -> toolCalls(value, choice);
                case "function_call" -> functionCall(value, choice);
                case "refusal" -> {
                    String text = json.text(value);
                    if (text != null && !text.isEmpty()) {
                        choice.pieces.add(new Chunk.Refusal(text));
                    }
                }
                default -> other(name, value, choice);
            }
        }
    }

    private void content(JsonToken value, Chunk.Choice choice) throws IOException {
        switch (value) {
            case VALUE_STRING -> text(json.parser().getText(), choice);
            case START_ARRAY, START_OBJECT -> {
                ContentReader parts = new ContentReader(json.value(value));
                if (value == JsonToken.START_OBJECT && parts.isEmpty()) {
                    throw new IOException();
                }
                choice.addContent(parts);
            }
            case VALUE_NULL -> {}
            default -> throw new IOException();
        }
    }

    private static void text(String text, Chunk.Choice choice) {
        if (!text.isEmpty()) {
            choice.addText(text);
        }
    }

    private void other(String name, JsonToken value, Chunk.Choice choice) throws IOException {
        if (value == JsonToken.VALUE_NULL || MessageDecoder.isKnown(name)) {
            json.skip(value);
        } else if (value == JsonToken.VALUE_STRING && ReasoningFields.isText(name)) {
            reasoning(name, choice);
        } else if (value == JsonToken.START_ARRAY && ReasoningFields.isDetails(name)) {
            List<JsonObject> fragments = new ArrayList<>(1);
            for (Object element : JsonObject.listIn(json.value(value))) {
                JsonObject fragment = JsonObject.from(element);
                if (!fragment.isEmpty()) {
                    fragments.add(fragment);
                }
            }
            choice.pieces.add(new Chunk.ReasoningDetails(name, fragments));
        } else {
            Object unknown = json.value(value);
            if (unknown != null && !JsonObject.isEmpty(unknown)) {
                if (ReasoningFields.isText(name)) {
                    choice.pieces.add(new Chunk.ReasoningText(null, new ContentReader(unknown).all()));
                }
                choice.pieces.add(new Chunk.UnknownMember(name, unknown));
            }
        }
    }

    /**
     * Adds a reasoning text. Some servers send an empty reasoning text in each chunk. It is kept once, because these
     * servers may require it in the next request.
     */
    private void reasoning(String name, Chunk.Choice choice) throws IOException {
        if (json.parser().getTextLength() > 0 || emptyReasoning.size() < MOST_NAMES && emptyReasoning.add(name)) {
            choice.pieces.add(new Chunk.ReasoningText(name, json.parser().getText()));
        }
    }

    private void toolCalls(JsonToken value, Chunk.Choice choice) throws IOException {
        calls = choice.pieces;
        int before = calls.size();
        if (value == JsonToken.START_OBJECT) {
            toolCall(0);
        } else {
            json.elements(value, toolCall);
        }
        if (legacyCall != null && calls.size() > before) {
            calls.remove(legacyCall);
        }
    }

    /** Reads the predecessor of {@code tool_calls}. Some servers send the same tool call in both members. */
    private void functionCall(JsonToken value, Chunk.Choice choice) throws IOException {
        function.clear();
        function.read(value);
        boolean present = function.name != null || !function.arguments.isEmpty();
        if (present && choice.pieces.stream().noneMatch(piece -> piece instanceof Chunk.ToolFragment)) {
            legacyCall = new Chunk.ToolFragment(0, 0, null, function.name, function.arguments, function.fields);
            choice.pieces.add(legacyCall);
        }
    }

    private void toolCall(int position) throws IOException {
        int index = -1;
        String id = null;
        function.clear();
        Map<String, Object> fields = Map.of();
        while (json.nextMember()) {
            String name = json.parser().currentName();
            JsonToken value = json.parser().nextToken();
            switch (name) {
                case "index" -> index = json.index(value);
                case "id" -> id = json.scalar(value);
                case "type" -> json.skip(value);
                case "function" -> function.read(value);
                case "name", "arguments" -> function.member(name, value);
                default -> fields = with(fields, name, json.value(value));
            }
        }
        if (!function.fields.isEmpty()) {
            fields = with(fields, "function", function.fields);
        }
        calls.add(new Chunk.ToolFragment(index, position, id, function.name, function.arguments, fields));
    }

    /** Returns the fields with a member added to them, unless the value of the member is empty. */
    private static Map<String, Object> with(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value == null || JsonObject.isEmpty(value)) {
            return fields;
        }
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return more;
    }

    private final class Function {
        private @Nullable String name;
        private String arguments = "";
        private Map<String, Object> fields = Map.of();

        void clear() {
            name = null;
            arguments = "";
            fields = Map.of();
        }

        void read(JsonToken start) throws IOException {
            if (start != JsonToken.START_OBJECT) {
                json.skip(start);
                return;
            }
            while (json.nextMember()) {
                String member = json.parser().currentName();
                member(member, json.parser().nextToken());
            }
        }

        /** Reads a member of the function. Some servers put the name and arguments directly into the tool call. */
        void member(String member, JsonToken value) throws IOException {
            switch (member) {
                case "name" -> name = json.scalar(value);
                case "arguments" -> {
                    Object given = json.value(value);
                    arguments = given == null ? "" : given instanceof String text ? text : JsonWriter.text(given);
                }
                default -> fields = with(fields, member, json.value(value));
            }
        }
    }
}
