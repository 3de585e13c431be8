package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ToolCall;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the fields of an assistant message that its provider expects back, and detects those that contain reasoning.
 */
final class ProviderFields {

    /** The name of the field that holds content parts other than text, such as Mistral's thinking. */
    static final String CONTENT = "content";
    /** The name for the unknown members of a tool call's {@code function}. */
    static final String FUNCTION = "function";

    /**
     * The members that repeat the text of the reasoning details. A server that reads the details expects only one of
     * these two forms.
     */
    private static final Set<String> PLAIN_REASONING = Set.of("reasoning", "reasoning_content");

    private static final Set<String> WORTHLESS = Set.of("null", "\"\"", "[]", "{}");

    private ProviderFields() {}

    static boolean holdsReasoning(AssistantMessage message) {
        for (String name : message.providerFields().keySet()) {
            if (ReasoningFields.contains(name) || name.equals(CONTENT)) {
                return true;
            }
        }
        for (ToolCall call : message.toolCalls()) {
            for (String name : call.providerFields().keySet()) {
                if (ReasoningFields.contains(name)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns the content parts that are sent before the text, as JSON. */
    static List<String> contentParts(AssistantMessage message, MessageForm form) {
        String parts =
                form.has(MessageForm.REASONING) ? message.providerFields().get(CONTENT) : null;
        return parts == null ? List.of() : RawJson.elements(parts);
    }

    /** Whether a message without content and tool calls still contains something to send, such as an audio answer. */
    static boolean hasContent(AssistantMessage message, MessageForm form) {
        if (!form.has(MessageForm.FIELDS)) {
            return false;
        }
        for (Map.Entry<String, String> field : message.providerFields().entrySet()) {
            String name = field.getKey();
            boolean content =
                    !ReasoningFields.contains(name) && !ReasoningFields.isSignature(name) && !name.equals(CONTENT);
            if (content && !WORTHLESS.contains(field.getValue().strip()) && RawJson.isValue(field.getValue())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Writes the fields into the JSON object that is currently open. A field whose value is not JSON is omitted.
     *
     * @param taken the names to omit, because they are written elsewhere or must not be sent
     * @param plainReasoning whether {@code reasoning} and {@code reasoning_content} are included when reasoning is sent
     */
    static void write(
            JsonGenerator json, Map<String, String> fields, MessageForm form, Set<String> taken, boolean plainReasoning)
            throws IOException {
        if (fields.isEmpty() || !form.has(MessageForm.FIELDS)) {
            return;
        }
        Set<String> written = new HashSet<>(taken);
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String name = WellFormedText.of(field.getKey());
            boolean left = ReasoningFields.contains(name)
                    && (!form.has(MessageForm.REASONING) || !plainReasoning && PLAIN_REASONING.contains(name));
            if (!left && !written.contains(name) && RawJson.isValue(field.getValue())) {
                written.add(name);
                json.writeFieldName(name);
                json.writeRawValue(field.getValue().strip());
            }
        }
    }
}
