package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the message of an answer, as leniently as servers are careless. */
final class MessageDecoder {

    /** A member has a type that cannot be made sense of. */
    static final class UnexpectedShapeException extends Exception {
        private static final long serialVersionUID = 1;

        UnexpectedShapeException(String what) {
            super(what);
        }
    }

    private final JsonReader json;

    MessageDecoder(JsonReader json) {
        this.json = json;
    }

    /** A builder that holds what the message says. */
    AssistantMessage.Builder decode(JsonObject message) throws UnexpectedShapeException {
        List<ContentPart> content = content(message.value("content"));
        Optional<String> refusal = message.text("refusal");
        if (refusal.isPresent() && isEmpty(content)) {
            // What the model says instead of an answer; the metadata tells that it is a refusal.
            content = List.of(new TextPart(refusal.get()));
        }
        Optional<String> reasoning = message.text("reasoning");
        return AssistantMessage.builder()
                .content(content)
                .toolCalls(toolCalls(message.value("tool_calls")))
                .reasoning((reasoning.isPresent() ? reasoning : message.text("reasoning_content")).orElse(null))
                .reasoningDetails(reasoningDetails(message));
    }

    private static boolean isEmpty(List<ContentPart> content) {
        for (ContentPart part : content) {
            if (!(part instanceof TextPart text && text.text().isEmpty())) {
                return false;
            }
        }
        return true;
    }

    private static List<ContentPart> content(@Nullable Object content) throws UnexpectedShapeException {
        if (content == null) {
            return List.of();
        }
        if (content instanceof String text) {
            return List.of(new TextPart(text));
        }
        if (!(content instanceof List<?> elements)) {
            throw new UnexpectedShapeException("its content is neither text nor parts");
        }
        List<ContentPart> parts = new ArrayList<>();
        for (Object element : elements) {
            Object text = element instanceof Map<?, ?> part ? part.get("text") : element;
            if (text instanceof String piece) {
                parts.add(new TextPart(piece));
            }
        }
        return parts;
    }

    private List<ToolCall> toolCalls(@Nullable Object calls) throws UnexpectedShapeException {
        if (calls == null) {
            return List.of();
        }
        if (!(calls instanceof List<?> elements)) {
            throw new UnexpectedShapeException("its tool_calls are no list");
        }
        List<ToolCall> result = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Object element : elements) {
            JsonObject call = JsonObject.from(element);
            JsonObject function = call.object("function");
            String name = function.text("name")
                    .orElseThrow(() -> new UnexpectedShapeException("it holds a tool call without a name"));
            result.add(toolCall(uniqueId(call, result.size(), ids), name, function.value("arguments")));
        }
        return result;
    }

    /** Some servers leave the id out, some repeat it; the result of a tool must still find its call. */
    private static String uniqueId(JsonObject call, int index, Set<String> taken) {
        String id = call.text("id").orElse("call_" + index);
        String unique = id;
        for (int i = index; !taken.add(unique); i++) {
            unique = id + "_" + i;
        }
        return unique;
    }

    /** Text stays exactly as it is; absent or blank means no arguments. */
    private ToolCall toolCall(String id, String name, @Nullable Object arguments) {
        String text = arguments == null ? "" : arguments instanceof String given ? given : Json.text(arguments);
        if (text.isBlank()) {
            return new ToolCall(id, name, "{}", true);
        }
        return new ToolCall(id, name, text, json.isObject(text));
    }

    private static List<Map<String, Object>> reasoningDetails(JsonObject message) {
        List<JsonObject> objects = message.objects("reasoning_details");
        if (objects.isEmpty()) {
            return List.of();
        }
        List<Map<String, Object>> details = new ArrayList<>(objects.size());
        for (JsonObject detail : objects) {
            details.add(detail.members());
        }
        return details;
    }
}
