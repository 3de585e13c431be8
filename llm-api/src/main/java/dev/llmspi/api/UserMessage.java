package dev.llmspi.api;

import java.util.List;

/**
 * A message from the user.
 *
 * @param content the content parts, at least one
 * @param cacheMark whether a prompt cache should keep everything up to the end of this message
 */
public record UserMessage(List<ContentPart> content, boolean cacheMark) implements Message {

    public UserMessage {
        content = List.copyOf(content);
        if (content.isEmpty()) {
            throw new IllegalArgumentException("user message: content must not be empty");
        }
        if (TextPart.isBlank(content)) {
            throw new IllegalArgumentException("user message: text must not be blank");
        }
    }

    /** Returns a message with the given parts. */
    public static UserMessage of(ContentPart... parts) {
        return new UserMessage(List.of(parts), false);
    }

    /**
     * Returns a copy of this message with a cache mark, which asks a prompt cache to keep everything up to the
     * message's end.
     */
    public UserMessage withCacheMark() {
        return new UserMessage(content, true);
    }
}
