package dev.llmspi.it.field;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the lines below {@code --- ask}, which have this form:
 *
 * <pre>
 * link: next                          first (default), next or fallback
 * model: m2
 * tools: get_weather, get_time
 * temperature: 0.5   max-tokens: 100   parallel: no
 * system: …   user: …   assistant: …  plain text, or a JSON string
 * user-parts: ["look", {"image": "https://images.test/a.png"}]
 * assistant-call: call_1 get_weather {"city":"Rome"}    a tool call in a message; a further line adds another call
 * tool: call_1 sunny                  the result of a tool call
 * </pre>
 */
final class AskReader {

    private final CaseReader reader;
    private final List<Message> messages = new ArrayList<>();

    AskReader(CaseReader reader) {
        this.reader = reader;
    }

    Ask read(List<CaseReader.Entry> entries) {
        Ask.Link link = Ask.Link.FIRST;
        List<String> tools = List.of();
        String model = null;
        Map<String, String> parameters = new TreeMap<>();
        for (CaseReader.Entry entry : entries) {
            switch (entry.key()) {
                case "link" -> link = Ask.Link.valueOf(entry.value().toUpperCase(Locale.ROOT));
                case "model" -> model = entry.value();
                case "temperature", "max-tokens", "parallel" -> parameters.put(entry.key(), entry.value());
                case "tools" -> tools = List.of(entry.value().split(",\\s*"));
                default -> messages.add(message(entry));
            }
        }
        if (messages.isEmpty()) {
            messages.add(new UserMessage(List.of(new TextPart("hi")), false));
        }
        return new Ask(link, List.copyOf(messages), tools, model, Map.copyOf(parameters));
    }

    private Message message(CaseReader.Entry entry) {
        return switch (entry.key()) {
            case "system" -> new SystemMessage(List.of(new TextPart(entry.text())), false);
            case "user" -> new UserMessage(List.of(new TextPart(entry.text())), false);
            case "user-parts" -> new UserMessage(parts(entry.value()), false);
            case "assistant" -> AssistantMessage.of(entry.text());
            case "assistant-parts" ->
                AssistantMessage.builder().content(parts(entry.value())).build();
            case "assistant-call" -> withCall(entry.value());
            case "tool" -> result(entry.value());
            default -> throw reader.wrong("unknown: " + entry.key());
        };
    }

    private Message withCall(String value) {
        String[] words = value.split(" ", 3);
        if (words.length < 3) {
            throw reader.wrong("a call is id, name and arguments, not: " + value);
        }
        List<ToolCall> calls = new ArrayList<>();
        AssistantMessage.Builder message = AssistantMessage.builder();
        if (!messages.isEmpty() && messages.get(messages.size() - 1) instanceof AssistantMessage before) {
            messages.remove(messages.size() - 1);
            calls.addAll(before.toolCalls());
            message = before.toBuilder();
        }
        calls.add(new ToolCall(words[0], words[1], text(words[2]), true));
        return message.toolCalls(calls).build();
    }

    private static Message result(String value) {
        String[] words = value.split(" ", 2);
        return ToolMessage.of(words[0], words.length < 2 ? "" : text(words[1]));
    }

    private static String text(String value) {
        return value.startsWith("\"") ? JsonText.string(value) : value;
    }

    private List<ContentPart> parts(String json) {
        List<ContentPart> parts = new ArrayList<>();
        if (!(JsonText.read(json) instanceof List<?> elements)) {
            throw reader.wrong("no list: " + json);
        }
        for (Object element : elements) {
            if (element instanceof String text) {
                parts.add(new TextPart(text));
            } else if (element instanceof Map<?, ?> object && object.get("image") instanceof String url) {
                parts.add(ImagePart.of(URI.create(url)));
            } else {
                throw reader.wrong("neither a text nor an image: " + json);
            }
        }
        return parts;
    }
}
