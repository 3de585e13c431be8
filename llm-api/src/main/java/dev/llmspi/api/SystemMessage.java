package dev.llmspi.api;

import java.util.List;

/** Instructions to the model: how to behave, whatever the user says. */
public record SystemMessage(List<ContentPart> content) implements Message {

    public SystemMessage {
        content = List.copyOf(content);
        if (content.isEmpty()) {
            throw new IllegalArgumentException("system message: content must not be empty");
        }
    }
}
