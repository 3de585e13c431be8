package dev.llmspi.it.conversation;

import static dev.llmspi.it.conversation.Deltas.object;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts a conversation to text and back, using only the public API. The text contains everything that another
 * process would know about the conversation.
 */
final class StoredConversation {

    private StoredConversation() {}

    /** Returns a text with one line per message. */
    static String write(List<Message> messages) {
        StringBuilder text = new StringBuilder();
        messages.forEach(
                message -> text.append(JsonParts.write(written(message)).replace("\u2028", "\\u2028"))
                        .append('\n'));
        return text.toString();
    }

    private static Map<String, @Nullable Object> written(Message message) {
        if (message instanceof UserMessage) {
            return object("user", message.text());
        }
        if (message instanceof ToolMessage tool) {
            return object("tool", tool.text(), "id", tool.toolCallId(), "error", tool.isError());
        }
        AssistantMessage said = (AssistantMessage) message;
        List<Map<String, @Nullable Object>> calls = new ArrayList<>();
        for (ToolCall call : said.toolCalls()) {
            calls.add(object(
                    "id",
                    call.id(),
                    "name",
                    call.name(),
                    "arguments",
                    call.arguments(),
                    "wellFormed",
                    call.wellFormed(),
                    "fields",
                    call.providerFields()));
        }
        return object(
                "assistant",
                said.text(),
                "calls",
                calls,
                "reasoning",
                said.reasoning().orElse(null),
                "details",
                said.reasoningDetails(),
                "fields",
                said.providerFields(),
                "provider",
                said.provider().orElse(null),
                "model",
                said.model().orElse(null));
    }

    static List<Message> read(String text) {
        return new ArrayList<>(text.lines()
                .map(JsonParts::object)
                .map(StoredConversation::message)
                .toList());
    }

    private static Message message(Map<String, @Nullable Object> stored) {
        if (stored.containsKey("user")) {
            return Message.user(JsonParts.text(stored, "user"));
        }
        if (stored.containsKey("tool")) {
            String id = JsonParts.text(stored, "id");
            String result = JsonParts.text(stored, "tool");
            return Boolean.TRUE.equals(stored.get("error")) ? ToolMessage.error(id, result) : Message.tool(id, result);
        }
        List<ToolCall> calls = new ArrayList<>();
        for (Map<String, @Nullable Object> call : JsonParts.objects(stored, "calls")) {
            calls.add(new ToolCall(
                    JsonParts.text(call, "id"),
                    JsonParts.text(call, "name"),
                    JsonParts.text(call, "arguments"),
                    Boolean.TRUE.equals(call.get("wellFormed")),
                    texts(call)));
        }
        AssistantMessage.Builder message = AssistantMessage.builder()
                .toolCalls(calls)
                .reasoning((String) stored.get("reasoning"))
                .reasoningDetails(details(stored))
                .providerFields(texts(stored));
        if (!JsonParts.text(stored, "assistant").isEmpty()) {
            message.text(JsonParts.text(stored, "assistant"));
        }
        if (stored.get("provider") instanceof String provider) {
            message.from(provider, (String) stored.get("model"));
        }
        return message.build();
    }

    private static Map<String, String> texts(Map<String, @Nullable Object> stored) {
        Map<String, String> texts = new LinkedHashMap<>();
        JsonParts.object(stored, "fields").forEach((name, value) -> texts.put(name, String.valueOf(value)));
        return texts;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the maps are parsed JSON objects, and some of their values are null
    private static List<Map<String, Object>> details(Map<String, @Nullable Object> stored) {
        return (List) JsonParts.objects(stored, "details");
    }
}
