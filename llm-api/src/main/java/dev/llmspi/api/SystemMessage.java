package dev.llmspi.api;

import java.util.List;

/**
 * A message that tells the model how to behave, regardless of what the user says.
 *
 * @param content the content parts, at least one
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

    /** Returns a message with the given parts. */
    public static SystemMessage of(ContentPart... parts) {
        return new SystemMessage(List.of(parts), false);
    }

    /**
     * Returns a copy of this message with a cache mark, which asks a prompt cache to keep everything up to the
     * message's end.
     */
    public SystemMessage withCacheMark() {
        return new SystemMessage(content, true);
    }
}
