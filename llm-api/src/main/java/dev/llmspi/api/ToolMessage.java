package dev.llmspi.api;

import java.util.List;
import java.util.Objects;

/**
 * The result of a tool call, handed back to the model.
 *
 * @param toolCallId the id of the {@link ToolCall} this answers
 * @param content the result; may be empty
 * @param isError whether the tool failed and the content says how
 * @param cacheMark whether a prompt cache should keep everything up to the end of this message
 */
public record ToolMessage(String toolCallId, List<ContentPart> content, boolean isError, boolean cacheMark)
        implements Message {

    public ToolMessage {
        Objects.requireNonNull(toolCallId, "toolCallId");
        content = List.copyOf(content);
    }

    /** The result as text. */
    public static ToolMessage of(String toolCallId, String text) {
        return new ToolMessage(toolCallId, TextPart.listOf(text), false, false);
    }

    /** The tool failed; the text says how. */
    public static ToolMessage error(String toolCallId, String text) {
        return new ToolMessage(toolCallId, TextPart.listOf(text), true, false);
    }

    /** This message with a cache mark: a prompt cache should keep everything up to its end. */
    public ToolMessage withCacheMark() {
        return new ToolMessage(toolCallId, content, isError, true);
    }
}
