package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decodes the message of a non-streamed answer. It tolerates known deviations from the protocol. */
final class MessageDecoder {

    /** Thrown when a member has a type that cannot be interpreted. */
    static final class UnexpectedShapeException extends Exception {
        private static final long serialVersionUID = 1;

        UnexpectedShapeException(String what) {
            super(what);
        }
    }

    /** Reads a message's members in any form that servers send. Collections are allocated only if they are needed. */
    static final class Members {
        private final @Nullable Object given;
        /** The content if it is not a plain string; null otherwise. */
        private final @Nullable ContentReader content;

        private List<Map<String, Object>> details = List.of();
        private Map<String, Object> fields = Map.of();
        private String reasoning = "";

        Members(JsonObject message) {
            given = message.value("content");
            content = given == null || given instanceof String ? null : new ContentReader(given);
            message.members().forEach(this::add);
            if (content != null && !content.reasoningParts().isEmpty()) {
                field("content", content.reasoningParts());
            }
            if (reasoning.isBlank()) {
                reasoning = content == null ? "" : content.joined(true);
            }
            if (reasoning.isEmpty() && !details.isEmpty()) {
                reasoning = shown(details); // some servers send only the details
            }
        }

        private void add(String name, @Nullable Object value) {
            if (value == null || isKnown(name) || isNothing(name, value)) {
                return;
            }
            if (name.equals(ReasoningFields.DETAILS) && value instanceof List<?> list) {
                details = objects(list);
                return;
            }
            field(name, value);
            if (reasoning.isBlank()
                    && (ReasoningFields.isText(name)
                            || ReasoningFields.isDetails(name))) { // the same text may be repeated under several names
                reasoning = value instanceof String text ? text : new ContentReader(value).all();
            }
        }

        private void field(String name, Object value) {
            if (fields.isEmpty()) {
                fields = new LinkedHashMap<>();
            }
            fields.put(name, value);
        }

        private static List<Map<String, Object>> objects(List<?> list) {
            List<Map<String, Object>> objects = new ArrayList<>(list.size());
            for (Object element : list) {
                JsonObject object = JsonObject.from(element);
                if (!object.isEmpty()) {
                    objects.add(object.members());
                }
            }
            return objects;
        }

        private static String shown(List<Map<String, Object>> details) {
            StringBuilder shown = new StringBuilder();
            details.forEach(detail -> shown.append(ReasoningFragments.textOf(detail)));
            return shown.toString();
        }

        String text() {
            return content != null ? content.joined(false) : given instanceof String text ? text : "";
        }

        /** Returns the visible reasoning; {@code ""} if there is none. */
        String reasoning() {
            return reasoning;
        }

        List<Map<String, Object>> details() {
            return details;
        }

        /** Returns the unknown members. */
        Map<String, Object> fields() {
            return fields;
        }

        /** Returns the content as parts. An empty string becomes a part too, because the model wrote it. */
        private List<ContentPart> parts() {
            if (content == null) {
                return given instanceof String text ? List.of(new TextPart(text)) : List.of();
            }
            List<ContentPart> parts = new ArrayList<>(1);
            for (ContentReader.Piece piece : content.pieces()) {
                if (!piece.isReasoning()) {
                    parts.add(new TextPart(piece.text()));
                }
            }
            return parts;
        }

        private boolean isReadable() {
            return content == null || given instanceof List || !content.isEmpty();
        }
    }

    /** Members that are decoded elsewhere, and large members that a server does not need back. */
    private static final Set<String> KNOWN =
            Set.of("role", "content", "refusal", "tool_calls", "function_call", "images", "audio", "index");

    private final JsonReader json;

    MessageDecoder(JsonReader json) {
        this.json = json;
    }

    /**
     * Decodes a message into a builder.
     *
     * @throws StreamConstraintsException if the message has too many tool calls
     */
    AssistantMessage.Builder decode(JsonObject message) throws UnexpectedShapeException, StreamConstraintsException {
        Members members = new Members(message);
        if (!members.isReadable()) {
            throw new UnexpectedShapeException("its content is neither text nor parts");
        }
        List<ContentPart> parts = members.parts();
        Optional<String> refusal = message.text("refusal");
        if (refusal.isPresent() && members.text().isEmpty()) {
            // The refusal becomes the text of the message, and the metadata marks it as a refusal.
            parts = List.of(new TextPart(refusal.get()));
        }
        return AssistantMessage.builder()
                .content(parts)
                .toolCalls(assembled(message))
                .reasoning(members.reasoning().isEmpty() ? null : members.reasoning())
                .reasoningDetails(members.details)
                .providerFields(texts(members.fields()));
    }

    /** Whether a member of a message or delta is a known one and is not stored with the unknown members. */
    static boolean isKnown(String name) {
        return KNOWN.contains(name);
    }

    /** Whether a value can be dropped. Empty reasoning is kept, because some servers require it in the next request. */
    private static boolean isNothing(String name, @Nullable Object value) {
        return JsonObject.isEmpty(value) && !(value instanceof String && ReasoningFields.isText(name));
    }

    /** Returns the members that are not empty, with their values encoded as JSON. */
    static Map<String, String> texts(Map<String, ?> members) {
        if (members.isEmpty()) {
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        members.forEach((name, value) -> {
            if (!isNothing(name, value)) {
                texts.put(name, JsonWriter.text(value));
            }
        });
        return Collections.unmodifiableMap(texts);
    }

    private List<ToolCall> assembled(JsonObject message) throws UnexpectedShapeException, StreamConstraintsException {
        Object calls = message.value("tool_calls");
        if (calls != null && !(calls instanceof List || calls instanceof Map)) {
            throw new UnexpectedShapeException("its tool_calls are not a list");
        }
        List<JsonObject> elements = toolCalls(message);
        if (elements.isEmpty()) {
            return List.of();
        }
        ToolCallAssembler assembler = new ToolCallAssembler(json, Set.of());
        Queue<ChatStreamEvent> events = new ArrayDeque<>();
        int position = 0;
        for (JsonObject element : elements) {
            assembler.addWhole(toolCall(element, position++), events);
        }
        if (assembler.lackName()) {
            throw new UnexpectedShapeException("it contains a tool call without a name");
        }
        assembler.complete(events);
        return assembler.whole();
    }

    /** Returns the tool calls in a message. If there are none, returns its legacy {@code function_call}. */
    static List<JsonObject> toolCalls(JsonObject message) {
        List<?> elements = message.list("tool_calls");
        List<JsonObject> calls = elements.isEmpty() ? List.of() : new ArrayList<>(elements.size());
        for (Object element : elements) {
            calls.add(JsonObject.from(element));
        }
        if (message.value("tool_calls") instanceof Map) {
            calls = List.of(message.object("tool_calls"));
        }
        JsonObject function = message.object("function_call");
        return calls.isEmpty() && function.text("name").isPresent()
                ? List.of(JsonObject.of(Map.of("function", function.members())))
                : calls;
    }

    /** Converts a tool call in a message to one fragment. Arguments that are not a string are encoded as JSON. */
    static Chunk.ToolFragment toolCall(JsonObject call, int position) {
        JsonObject inner = call.object("function");
        JsonObject function = inner.isEmpty() ? call : inner; // some servers omit the object "function"
        Object arguments = function.value("arguments");
        Map<String, Object> fields = new LinkedHashMap<>();
        unknown(call, Set.of("index", "id", "type", "function", "name", "arguments"), fields);
        Map<String, Object> inside = new LinkedHashMap<>();
        unknown(inner, Set.of("name", "arguments"), inside);
        if (!inside.isEmpty()) {
            fields.put("function", inside);
        }
        return new Chunk.ToolFragment(
                -1,
                position,
                call.text("id").orElse(null),
                function.text("name").orElse(null),
                arguments == null ? "" : arguments instanceof String text ? text : JsonWriter.text(arguments),
                fields);
    }

    private static void unknown(JsonObject object, Set<String> known, Map<String, Object> fields) {
        object.members().forEach((name, value) -> {
            if (!known.contains(name) && !JsonObject.isEmpty(value)) {
                fields.put(name, value);
            }
        });
    }
}
