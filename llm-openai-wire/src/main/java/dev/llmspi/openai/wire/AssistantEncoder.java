package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ToolCall;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes what the model said, together with what its provider wants back. */
final class AssistantEncoder {

    private static final String DETAILS = ReasoningFields.DETAILS;
    private static final Set<String> OF_MESSAGE = Set.of("role", ProviderFields.CONTENT, "tool_calls");
    private static final Set<String> OF_CALL = Set.of("id", "type", ProviderFields.FUNCTION);
    private static final Set<String> OF_FUNCTION = Set.of("name", "arguments");

    private final OpenAiDialect dialect;
    private final ContentEncoder contents;

    AssistantEncoder(OpenAiDialect dialect, ContentEncoder contents) {
        this.dialect = dialect;
        this.contents = contents;
    }

    /** Writes the members of the message into the object that is open. */
    void write(JsonGenerator json, AssistantMessage message, MessageForm form) throws IOException {
        json.writeStringField("role", "assistant");
        List<String> parts = ProviderFields.contentParts(message, form);
        contents.write(json, message, form, false, parts);
        boolean details =
                form.has(MessageForm.DETAILS) && !message.reasoningDetails().isEmpty();
        if (details) {
            json.writeFieldName(DETAILS);
            Json.write(json, message.reasoningDetails());
        }
        Set<String> taken = OF_MESSAGE;
        if (!message.reasoningDetails().isEmpty()) {
            taken = new HashSet<>(OF_MESSAGE);
            taken.add(DETAILS);
        }
        ProviderFields.write(json, message.providerFields(), form, taken, !(details && dialect.echoesReasoning()));
        if (!message.toolCalls().isEmpty()) {
            json.writeArrayFieldStart("tool_calls");
            for (int i = 0; i < message.toolCalls().size(); i++) {
                write(json, message.toolCalls().get(i), i, form);
            }
            json.writeEndArray();
        }
    }

    private static void write(JsonGenerator json, ToolCall call, int index, MessageForm form) throws IOException {
        Map<String, String> fields = call.providerFields();
        json.writeStartObject();
        json.writeStringField(
                "id", form.ids().isEmpty() ? call.id() : form.ids().get(index));
        json.writeStringField("type", "function");
        json.writeObjectFieldStart(ProviderFields.FUNCTION);
        json.writeStringField("name", form.has(MessageForm.NAMES) ? ToolNames.fit(call.name()) : call.name());
        // A server reads them as JSON, and would meet half a character that is escaped in there.
        json.writeStringField(
                "arguments", call.wellFormed() ? WellFormedText.ofJson(call.arguments()) : call.arguments());
        String function = form.has(MessageForm.FIELDS) ? fields.get(ProviderFields.FUNCTION) : null;
        if (function != null) {
            ProviderFields.write(json, RawJson.members(function), form, OF_FUNCTION, true);
        }
        json.writeEndObject();
        ProviderFields.write(json, fields, form, OF_CALL, true);
        if (index == 0 && form.has(MessageForm.STAND_IN)) {
            GeminiSignature.writeStandIn(json);
        }
        json.writeEndObject();
    }
}
