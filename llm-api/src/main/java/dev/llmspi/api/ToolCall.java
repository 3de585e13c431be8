package dev.llmspi.api;

import java.util.Map;
import java.util.Objects;

/**
 * A tool call requested by the model.
 *
 * @param id the ID to send back in {@link ToolMessage#toolCallId}
 * @param name the tool name
 * @param arguments the arguments exactly as the model wrote them, or {@code "{}"} if there are none. Send them back
 *     unchanged, because prompt caches compare bytes
 * @param wellFormed whether {@code arguments} is a complete JSON object, which a model does not guarantee
 * @param providerFields the members of the provider's tool call for which this API has no field, such as Gemini's
 *     {@code extra_content}, as a map from names to serialized JSON values. Members inside {@code function} are
 *     combined into one JSON object under the name {@code function}. They are sent back unchanged to the provider and
 *     model that sent them
 */
public record ToolCall(
        String id, String name, String arguments, boolean wellFormed, Map<String, String> providerFields) {

    public ToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arguments, "arguments");
        providerFields = JsonValues.copyTexts(providerFields);
    }

    /** Creates a tool call without provider fields. */
    public ToolCall(String id, String name, String arguments, boolean wellFormed) {
        this(id, name, arguments, wellFormed, Map.of());
    }

    /**
     * Returns a copy of this call with the given {@link #providerFields}, or this call itself if they are already
     * equal.
     */
    public ToolCall withProviderFields(Map<String, String> fields) {
        return fields.equals(providerFields) ? this : new ToolCall(id, name, arguments, wellFormed, fields);
    }

    /** Returns a description that omits the arguments, because they are part of the answer. */
    @Override
    public String toString() {
        return "ToolCall[id=" + id + ", name=" + name + ", wellFormed=" + wellFormed + "]";
    }
}
