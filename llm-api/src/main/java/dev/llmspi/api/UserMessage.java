package dev.llmspi.api;

import java.util.List;

/**
 * What the user says.
 *
 * @param content at least one part
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

    /** A message of the given parts. */
    public static UserMessage of(ContentPart... parts) {
        return new UserMessage(List.of(parts), false);
    }

    /** This message with a cache mark: a prompt cache should keep everything up to its end. */
    public UserMessage withCacheMark() {
        return new UserMessage(content, true);
    }
}
