package dev.llmspi.api;

import java.util.Map;
import java.util.Objects;

/**
 * The model's wish to have a tool called.
 *
 * @param id the id to answer with in {@link ToolMessage#toolCallId}
 * @param name the tool's name
 * @param arguments the arguments exactly as the model wrote them, {@code "{}"} when it wrote none. Hand them back
 *     unchanged: prompt caches compare bytes
 * @param wellFormed whether {@code arguments} is a complete JSON object; a model may write something else
 * @param providerFields members of the provider's tool call that this vocabulary has no name for, such as Gemini's
 *     {@code extra_content}: the name of each, and its value as JSON text. Members inside {@code function} stand as one
 *     JSON object under the name {@code function}. They go back unchanged to the provider and model that sent them
 */
public record ToolCall(
        String id, String name, String arguments, boolean wellFormed, Map<String, String> providerFields) {

    public ToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arguments, "arguments");
        providerFields = JsonValues.copyTexts(providerFields);
    }

    /** A tool call without provider fields. */
    public ToolCall(String id, String name, String arguments, boolean wellFormed) {
        this(id, name, arguments, wellFormed, Map.of());
    }

    /** This call with other {@link #providerFields}; this, if they are equal. */
    public ToolCall withProviderFields(Map<String, String> fields) {
        return fields.equals(providerFields) ? this : new ToolCall(id, name, arguments, wellFormed, fields);
    }

    /** Does not show the arguments: they are part of the answer. */
    @Override
    public String toString() {
        return "ToolCall[id=" + id + ", name=" + name + ", wellFormed=" + wellFormed + "]";
    }
}
