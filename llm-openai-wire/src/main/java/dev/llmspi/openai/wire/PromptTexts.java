package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.AudioPart;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.FilePart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Everything of a conversation that a server's error text may repeat and that nobody else shall see. */
final class PromptTexts {

    /** Of media the beginning is searched for: they are large, and of a server's text no more is looked at. */
    private static final int MEDIA_SEARCHED = ServerText.LOOKED_AT;

    private static final List<String> REASONING = List.of("text", "summary", "data", "signature");

    private final List<String> texts = new ArrayList<>();

    private PromptTexts() {}

    static List<String> of(List<Message> messages) {
        PromptTexts prompt = new PromptTexts();
        for (Message message : messages) {
            prompt.add(message);
        }
        return prompt.texts;
    }

    private void add(Message message) {
        texts.add(message.text());
        for (ContentPart part : content(message)) {
            add(part);
        }
        if (message instanceof AssistantMessage assistant) {
            for (ToolCall call : assistant.toolCalls()) {
                texts.add(call.arguments());
            }
            assistant.reasoning().ifPresent(texts::add);
            for (Map<String, Object> detail : assistant.reasoningDetails()) {
                for (String name : REASONING) {
                    if (detail.get(name) instanceof String text) {
                        texts.add(text);
                    }
                }
            }
        }
    }

    private static List<ContentPart> content(Message message) {
        if (message instanceof UserMessage user) {
            return user.content();
        }
        if (message instanceof ToolMessage tool) {
            return tool.content();
        }
        if (message instanceof SystemMessage system) {
            return system.content();
        }
        return message instanceof AssistantMessage assistant ? assistant.content() : List.of();
    }

    private void add(ContentPart part) {
        if (part instanceof ImagePart image) {
            media(image.url());
        } else if (part instanceof FilePart file) {
            media(file.url());
            texts.add(file.filename());
        } else if (part instanceof AudioPart audio) {
            media(audio.base64());
        }
    }

    private void media(String text) {
        texts.add(text.length() > MEDIA_SEARCHED ? text.substring(0, MEDIA_SEARCHED) : text);
    }
}
