package dev.llmspi.api;

import java.util.Objects;

/**
 * The model's wish to have a tool called.
 *
 * @param id the id to answer with in {@link ToolMessage#toolCallId}
 * @param name the tool's name
 * @param arguments the arguments exactly as the model wrote them, {@code "{}"} when it wrote none. Hand them back unchanged:
 *     prompt caches compare bytes
 * @param wellFormed whether {@code arguments} is a complete JSON object; a model may write something else
 */
public record ToolCall(String id, String name, String arguments, boolean wellFormed) {

    public ToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arguments, "arguments");
    }

    /** Does not show the arguments: they are part of the answer. */
    @Override
    public String toString() {
        return "ToolCall[id=" + id + ", name=" + name + ", wellFormed=" + wellFormed + "]";
    }
}
