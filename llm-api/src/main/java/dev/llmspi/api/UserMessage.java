package dev.llmspi.api;

import java.util.List;

/** What the user says. */
public record UserMessage(List<ContentPart> content) implements Message {

    public UserMessage {
        content = List.copyOf(content);
        if (content.isEmpty()) {
            throw new IllegalArgumentException("user message: content must not be empty");
        }
    }
}
