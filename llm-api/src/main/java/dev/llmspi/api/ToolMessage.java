package dev.llmspi.api;

import java.util.List;
import java.util.Objects;

/**
 * The result of a tool call, handed back to the model.
 *
 * @param toolCallId the id of the {@link ToolCall} this answers
 * @param content the result; may be empty
 * @param isError whether the tool failed and the content says how
 */
public record ToolMessage(String toolCallId, List<ContentPart> content, boolean isError) implements Message {

    public ToolMessage {
        Objects.requireNonNull(toolCallId, "toolCallId");
        content = List.copyOf(content);
    }
}
