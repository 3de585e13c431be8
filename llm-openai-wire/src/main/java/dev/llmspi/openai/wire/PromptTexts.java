package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.AudioPart;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.FilePart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolDefinition;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Enumerates the texts of a request that must be removed from a server's error messages. */
final class PromptTexts {

    /** Only this many characters of media data are used, because no more characters of a server's text are examined. */
    static final int MEDIA_SEARCHED = Redactor.EXAMINED;

    /**
     * JSON that is longer than this multiple of the media limit is not parsed, because this code runs for every answer.
     */
    private static final int SEARCHED_JSON = 64;

    private static final List<String> REASONING = List.of("text", "summary", "data", "signature");

    private final int longestMedia;
    private final Consumer<String> action;

    private PromptTexts(int longestMedia, Consumer<String> action) {
        this.longestMedia = longestMedia;
        this.action = action;
    }

    /** @param longestMedia the maximum number of characters to use from media data such as an image */
    static void forEach(List<Message> messages, int longestMedia, Consumer<String> action) {
        PromptTexts prompt = new PromptTexts(longestMedia, action);
        for (int i = 0; i < messages.size(); i++) { // an index avoids an iterator for each answer
            prompt.add(messages.get(i));
        }
    }

    /** Passes the texts outside the conversation: the descriptions of tools and schemas, and the users' own fields. */
    static void forEachOutside(ChatRequest request, Consumer<String> action) {
        PromptTexts prompt = new PromptTexts(MEDIA_SEARCHED, text -> {
            if (isProse(text)) {
                action.accept(text);
            }
        });
        for (ToolDefinition tool : request.tools()) {
            prompt.action.accept(tool.description());
            RawJson.forEachText(tool.parameters(), prompt.action);
        }
        request.responseFormat()
                .flatMap(ResponseFormat::schema)
                .ifPresent(schema -> RawJson.forEachText(schema, prompt.action));
        request.stop().forEach(prompt.action);
        prompt.addTexts(request.extras());
    }

    /** Whether a text consists of several words. A single word may be a name that an error has to state. */
    private static boolean isProse(String text) {
        return text.length() >= EchoSearch.PIECE && text.chars().anyMatch(c -> c <= ' ' || c > '~');
    }

    private void add(Message message) {
        List<ContentPart> content = message.content();
        for (int i = 0; i < content.size(); i++) {
            add(content.get(i));
        }
        if (message instanceof AssistantMessage assistant) {
            for (ToolCall call : assistant.toolCalls()) {
                action.accept(call.arguments());
                add(call.providerFields());
            }
            add(assistant.providerFields());
            assistant.reasoning().ifPresent(action);
            for (Map<String, Object> detail : assistant.reasoningDetails()) {
                for (String name : REASONING) {
                    if (detail.get(name) instanceof String text) {
                        action.accept(text);
                    }
                }
            }
        }
    }

    /**
     * Adds the texts in the provider's fields. Only the beginning of a long value is added, because it is either opaque
     * data or reasoning, which is added elsewhere.
     */
    private void add(Map<String, String> providerFields) {
        if (providerFields.isEmpty()) {
            return;
        }
        for (String json : providerFields.values()) {
            if (json.length() > SEARCHED_JSON * longestMedia) {
                media(json);
            } else {
                RawJson.forEachText(json, this::media);
            }
        }
    }

    private void addTexts(Object value) {
        if (value instanceof String text) {
            action.accept(text);
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(this::addTexts);
        } else if (value instanceof Iterable<?> values) {
            values.forEach(this::addTexts);
        }
    }

    private void add(ContentPart part) {
        if (part instanceof TextPart piece) {
            action.accept(piece.text());
        } else if (part instanceof ImagePart image) {
            media(image.url());
        } else if (part instanceof FilePart file) {
            media(file.url());
            action.accept(file.filename());
        } else if (part instanceof AudioPart audio) {
            media(audio.base64());
        }
    }

    private void media(String text) {
        action.accept(text.length() > longestMedia ? text.substring(0, longestMedia) : text);
    }
}
