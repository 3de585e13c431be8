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
 * The members of an assistant's message that its provider wants back: which are reasoning, and how they are written.
 */
final class ProviderFields {

    /** Content parts that are no text, such as Mistral's thinking: they stand in front of the text. */
    static final String CONTENT = "content";
    /** Unknown members inside a call's {@code function}. */
    static final String FUNCTION = "function";

    /** The same text as in reasoning details; a server that reads the details takes one of both. */
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

    /** The content parts that go out in front of the text. */
    static List<String> contentParts(AssistantMessage message, MessageForm form) {
        String parts =
                form.has(MessageForm.REASONING) ? message.providerFields().get(CONTENT) : null;
        return parts == null ? List.of() : RawJson.elements(parts);
    }

    /** Whether a message without content and calls says something all the same, such as an answer in sound. */
    static boolean sayAnything(AssistantMessage message, MessageForm form) {
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
     * Writes the fields into the object that is open. A value that is not JSON is left out.
     *
     * @param taken the names that are not written: others write them, or they must not go out
     * @param plainReasoning whether {@code reasoning} and {@code reasoning_content} may go out if reasoning does
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
