package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the message of a whole answer. It is lenient where servers are careless. */
final class MessageDecoder {

    /** A member has a type that makes no sense. */
    static final class UnexpectedShapeException extends Exception {
        private static final long serialVersionUID = 1;

        UnexpectedShapeException(String what) {
            super(what);
        }
    }

    /** The members of a message, whatever form the server gave them. */
    static final class Members {
        private final ContentReader content;
        private final String reasoning;
        private final List<Map<String, Object>> details = new ArrayList<>(0);
        private final Map<String, Object> fields = new LinkedHashMap<>(0);

        Members(JsonObject message) {
            content = new ContentReader(message.value("content"));
            message.members().forEach(this::add);
            reasoning = reasoning(message);
            if (!content.reasoningParts().isEmpty()) {
                fields.put("content", content.reasoningParts());
            }
        }

        private void add(String name, @Nullable Object value) {
            if (value == null || UnknownMembers.isPassedOver(name) || UnknownMembers.isNothing(value)) {
                return;
            }
            if (name.equals(ReasoningFields.DETAILS) && value instanceof List<?> list) {
                for (Object element : list) {
                    JsonObject detail = JsonObject.from(element);
                    if (!detail.isEmpty()) {
                        details.add(detail.members());
                    }
                }
            } else {
                fields.put(name, value);
            }
        }

        /** The same text may stand under several names; some servers send the details alone. */
        private String reasoning(JsonObject message) {
            for (Map.Entry<String, Object> field : message.members().entrySet()) {
                boolean named = ReasoningFields.isText(field.getKey());
                if (named && field.getValue() instanceof String text && !text.isBlank()) {
                    return text;
                }
            }
            String said = content.joined(true);
            if (!said.isEmpty()) {
                return said;
            }
            StringBuilder shown = new StringBuilder();
            details.forEach(detail -> shown.append(ReasoningFragments.textOf(detail)));
            return shown.toString();
        }

        String text() {
            return content.joined(false);
        }

        /** The visible reasoning; {@code ""} if there is none. */
        String reasoning() {
            return reasoning;
        }

        /** Members without a name here. */
        Map<String, Object> fields() {
            return fields;
        }

        /** An empty text is a part too: the model wrote it. */
        private List<ContentPart> parts(@Nullable Object given) {
            if (given instanceof String text) {
                return List.of(new TextPart(text));
            }
            List<ContentPart> parts = new ArrayList<>(1);
            for (ContentReader.Piece piece : content.pieces()) {
                if (!piece.isReasoning()) {
                    parts.add(new TextPart(piece.text()));
                }
            }
            return parts;
        }
    }

    private final JsonReader json;

    MessageDecoder(JsonReader json) {
        this.json = json;
    }

    /**
     * A builder that holds what the message says.
     *
     * @throws StreamConstraintsException if it has more tool calls than allowed
     */
    AssistantMessage.Builder decode(JsonObject message) throws UnexpectedShapeException, StreamConstraintsException {
        Object content = message.value("content");
        Members members = new Members(message);
        boolean readable = content == null || content instanceof String || content instanceof List;
        if (!readable && members.content.isEmpty()) {
            throw new UnexpectedShapeException("its content is neither text nor parts");
        }
        List<ContentPart> parts = members.parts(content);
        Optional<String> refusal = message.text("refusal");
        if (refusal.isPresent() && members.text().isEmpty()) {
            // A refusal stands for the answer; the metadata tells that it is one.
            parts = List.of(new TextPart(refusal.get()));
        }
        return AssistantMessage.builder()
                .content(parts)
                .toolCalls(toolCalls(message.value("tool_calls")))
                .reasoning(members.reasoning().isEmpty() ? null : members.reasoning())
                .reasoningDetails(members.details)
                .providerFields(UnknownMembers.texts(members.fields()));
    }

    private List<ToolCall> toolCalls(@Nullable Object calls)
            throws UnexpectedShapeException, StreamConstraintsException {
        if (calls == null) {
            return List.of();
        }
        if (!(calls instanceof List<?> elements)) {
            throw new UnexpectedShapeException("its tool_calls are no list");
        }
        if (elements.isEmpty()) {
            return List.of();
        }
        ToolCallAssembler assembler = new ToolCallAssembler(json, Set.of());
        Queue<ChatStreamEvent> events = new ArrayDeque<>();
        int position = 0;
        for (Object element : elements) {
            assembler.addWhole(toolCall(JsonObject.from(element), position++), events);
        }
        if (assembler.lackName()) {
            throw new UnexpectedShapeException("it holds a tool call without a name");
        }
        assembler.complete(events);
        return assembler.whole();
    }

    /** A tool call of a message, as one fragment. Arguments that are no text become their JSON. */
    static Chunk.ToolFragment toolCall(JsonObject call, int position) {
        JsonObject function = call.object("function");
        Object arguments = function.value("arguments");
        Map<String, Object> fields = new LinkedHashMap<>();
        unknown(call, Set.of("index", "id", "type", "function"), fields);
        Map<String, Object> inside = new LinkedHashMap<>();
        unknown(function, Set.of("name", "arguments"), inside);
        if (!inside.isEmpty()) {
            fields.put("function", inside);
        }
        return new Chunk.ToolFragment(
                -1,
                position,
                call.text("id").orElse(null),
                function.text("name").orElse(null),
                arguments == null ? "" : arguments instanceof String text ? text : Json.text(arguments),
                fields);
    }

    private static void unknown(JsonObject object, Set<String> known, Map<String, Object> fields) {
        object.members().forEach((name, value) -> {
            if (!known.contains(name) && !UnknownMembers.isNothing(value)) {
                fields.put(name, value);
            }
        });
    }
}
