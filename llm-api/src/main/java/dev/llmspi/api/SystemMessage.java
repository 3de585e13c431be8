package dev.llmspi.api;

import java.util.List;

/**
 * Instructions to the model: how to behave, whatever the user says.
 *
 * @param content at least one part
 * @param cacheMark whether a prompt cache should keep everything up to the end of this message
 */
public record SystemMessage(List<ContentPart> content, boolean cacheMark) implements Message {

    public SystemMessage {
        content = List.copyOf(content);
        if (content.isEmpty()) {
            throw new IllegalArgumentException("system message: content must not be empty");
        }
        if (TextPart.isBlank(content)) {
            throw new IllegalArgumentException("system message: text must not be blank");
        }
    }

    /** A message of the given parts. */
    public static SystemMessage of(ContentPart... parts) {
        return new SystemMessage(List.of(parts), false);
    }

    /** This message with a cache mark: a prompt cache should keep everything up to its end. */
    public SystemMessage withCacheMark() {
        return new SystemMessage(content, true);
    }
}
