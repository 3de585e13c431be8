package dev.llmspi.api;

import java.util.List;
import java.util.Objects;

/**
 * A message that sends the result of a tool call back to the model.
 *
 * @param toolCallId the ID of the {@link ToolCall} that this message answers
 * @param content the parts of the result; may be empty
 * @param isError whether the tool failed; the content then describes the error
 * @param cacheMark whether a prompt cache should keep everything up to the end of this message
 */
public record ToolMessage(String toolCallId, List<ContentPart> content, boolean isError, boolean cacheMark)
        implements Message {

    public ToolMessage {
        Objects.requireNonNull(toolCallId, "toolCallId");
        content = List.copyOf(content);
    }

    /** Returns a message with a text result. */
    public static ToolMessage of(String toolCallId, String text) {
        return new ToolMessage(toolCallId, TextPart.listOf(text), false, false);
    }

    /** Returns a message that reports a failed tool call; the text describes the error. */
    public static ToolMessage error(String toolCallId, String text) {
        return new ToolMessage(toolCallId, TextPart.listOf(text), true, false);
    }

    /**
     * Returns a copy of this message with a cache mark, which asks a prompt cache to keep everything up to the
     * message's end.
     */
    public ToolMessage withCacheMark() {
        return new ToolMessage(toolCallId, content, isError, true);
    }
}
