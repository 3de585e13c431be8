package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.AudioPart;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.FilePart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The texts of a conversation, to be redacted from what a server says in an error. */
final class PromptTexts {

    /** Of media the beginning is searched for: they are large, and of a server's text no more is looked at. */
    private static final int MEDIA_SEARCHED = ServerText.LOOKED_AT;

    /** JSON longer than this multiple of the text limit is not parsed; this runs for every answer. */
    private static final int SEARCHED_JSON = 64;

    private static final List<String> REASONING = List.of("text", "summary", "data", "signature");

    private final int longestMedia;
    private final Consumer<String> action;

    private PromptTexts(int longestMedia, Consumer<String> action) {
        this.longestMedia = longestMedia;
        this.action = action;
    }

    static List<String> of(List<Message> messages) {
        List<String> texts = new ArrayList<>();
        forEach(messages, MEDIA_SEARCHED, texts::add);
        return texts;
    }

    /** @param longestMedia so many characters at most of what is no text, but data */
    static void forEach(List<Message> messages, int longestMedia, Consumer<String> action) {
        PromptTexts prompt = new PromptTexts(longestMedia, action);
        for (int i = 0; i < messages.size(); i++) { // a conversation is long, and this runs for every answer
            prompt.add(messages.get(i));
        }
    }

    private void add(Message message) {
        action.accept(message.text());
        for (ContentPart part : message.content()) {
            add(part);
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
     * The texts in the provider's fields. Long values are reasoning, which is redacted elsewhere, or opaque data.
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

    private void add(ContentPart part) {
        if (part instanceof ImagePart image) {
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
