package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the messages of a request. Assistant messages include the fields that their provider expects back. */
final class MessageEncoder {

    private static final String DETAILS = ReasoningFields.DETAILS;
    private static final Set<String> MESSAGE_FIELDS = Set.of("role", ProviderFields.CONTENT, "tool_calls");
    private static final Set<String> CALL_FIELDS = Set.of("id", "type", ProviderFields.FUNCTION);
    private static final Set<String> FUNCTION_FIELDS = Set.of("name", "arguments");

    private final OpenAiDialect dialect;
    private final ContentEncoder contents;

    MessageEncoder(OpenAiDialect dialect) {
        this.dialect = dialect;
        this.contents = new ContentEncoder(dialect);
    }

    void write(JsonGenerator json, Message message, MessageForm form) throws IOException {
        json.writeStartObject();
        if (message instanceof AssistantMessage assistant) {
            write(json, assistant, form);
        } else if (message instanceof ToolMessage tool) {
            json.writeStringField("role", "tool");
            json.writeStringField(
                    "tool_call_id",
                    form.ids().isEmpty() ? tool.toolCallId() : form.ids().get(0));
            contents.write(json, tool, form, tool.cacheMark(), List.of());
        } else if (message instanceof SystemMessage system) {
            json.writeStringField("role", "system");
            contents.write(json, system, form, system.cacheMark(), List.of());
        } else if (message instanceof UserMessage user) {
            json.writeStringField("role", "user");
            contents.write(json, user, form, user.cacheMark(), List.of());
        } else {
            throw new IllegalArgumentException(
                    "cannot send a " + message.getClass().getSimpleName() + " to this kind of server");
        }
        json.writeEndObject();
    }

    private void write(JsonGenerator json, AssistantMessage message, MessageForm form) throws IOException {
        json.writeStringField("role", "assistant");
        contents.write(json, message, form, false, ProviderFields.contentParts(message, form));
        boolean hasDetails = !message.reasoningDetails().isEmpty();
        boolean sendsDetails = hasDetails && form.has(MessageForm.DETAILS);
        if (sendsDetails) {
            json.writeFieldName(DETAILS);
            JsonWriter.write(json, message.reasoningDetails());
        }
        Set<String> taken = MESSAGE_FIELDS;
        if (hasDetails) {
            taken = new HashSet<>(MESSAGE_FIELDS);
            taken.add(DETAILS);
        }
        boolean plainReasoning = !(sendsDetails && dialect.echoesReasoning());
        ProviderFields.write(json, message.providerFields(), form, taken, plainReasoning);
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
        // The server parses the arguments as JSON, so their escape sequences must not contain lone surrogates.
        json.writeStringField(
                "arguments", call.wellFormed() ? WellFormedText.ofJson(call.arguments()) : call.arguments());
        String function = form.has(MessageForm.FIELDS) ? fields.get(ProviderFields.FUNCTION) : null;
        if (function != null) {
            ProviderFields.write(json, RawJson.members(function), form, FUNCTION_FIELDS, true);
        }
        json.writeEndObject();
        ProviderFields.write(json, fields, form, CALL_FIELDS, true);
        if (index == 0 && form.has(MessageForm.PLACEHOLDER)) {
            GeminiSignature.writePlaceholder(json);
        }
        json.writeEndObject();
    }
}
