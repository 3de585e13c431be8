package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.Message;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes requests as JSON, straight to bytes. Fields always come in the same order: caches on the way compare bytes.
 *
 * <p>A field is written once. What the request says in our vocabulary wins, then its extras, then the extras of the
 * configuration block, then what the dialect adds.
 */
final class RequestEncoder {

    private static final int LIMIT = 32 * 1024 * 1024;
    private static final int EXPECTED = 2 * 1024;

    private final OpenAiDialect dialect;
    private final Map<String, Object> blockExtras;
    private final String maxTokensField;

    RequestEncoder(OpenAiDialect dialect, Map<String, Object> blockExtras, String maxTokensField) {
        this.dialect = dialect;
        this.blockExtras = blockExtras;
        this.maxTokensField = maxTokensField;
    }

    /**
     * @throws BoundedOutput.TooLargeException if it would be larger than any server takes
     * @throws IllegalArgumentException if it holds something JSON does not have
     */
    byte[] encode(ChatRequest request, String model, boolean stream) {
        BoundedOutput bytes = new BoundedOutput(EXPECTED, LIMIT);
        try (JsonGenerator json = Json.FACTORY.createGenerator(bytes, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField("model", model);
            Set<String> written = new HashSet<>(Set.of("model", "messages", "stream"));
            if (stream) {
                json.writeBooleanField("stream", true);
            }
            writeSettings(json, request, written);
            writeRest(json, request.extras(dialect.type()), written);
            writeRest(json, blockExtras, written);
            writeRest(json, dialect.fields(request), written);
            if (stream) {
                writeRest(json, dialect.streamFields(), written);
            }
            json.writeArrayFieldStart("messages");
            for (Message message : request.messages()) {
                write(json, message);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalArgumentException("a text cannot be encoded", null);
        }
        return bytes.toByteArray();
    }

    private void writeSettings(JsonGenerator json, ChatRequest request, Set<String> written) throws IOException {
        if (request.temperature().isPresent()) {
            number(json, "temperature", request.temperature().getAsDouble(), written);
        }
        if (request.topP().isPresent()) {
            number(json, "top_p", request.topP().getAsDouble(), written);
        }
        if (request.topK().isPresent()) {
            whole(json, "top_k", request.topK().getAsInt(), written);
        }
        if (request.frequencyPenalty().isPresent()) {
            number(json, "frequency_penalty", request.frequencyPenalty().getAsDouble(), written);
        }
        if (request.presencePenalty().isPresent()) {
            number(json, "presence_penalty", request.presencePenalty().getAsDouble(), written);
        }
        if (request.maxOutputTokens().isPresent()) {
            whole(json, maxTokensField, request.maxOutputTokens().getAsInt(), written);
        }
        if (!request.stop().isEmpty()) {
            field(json, "stop", request.stop(), written);
        }
        if (request.seed().isPresent()) {
            whole(json, "seed", request.seed().getAsLong(), written);
        }
        if (request.reasoning().isPresent()) {
            writeRest(json, dialect.reasoning(request.reasoning().get()), written);
        }
    }

    private static void writeRest(JsonGenerator json, Map<String, Object> fields, Set<String> written)
            throws IOException {
        for (Map.Entry<?, ?> field : Json.ordered(fields).entrySet()) {
            String name = (String) field.getKey();
            if (!written.contains(name)) {
                field(json, name, field.getValue(), written);
            }
        }
    }

    private static void field(JsonGenerator json, String name, Object value, Set<String> written) throws IOException {
        written.add(name);
        json.writeFieldName(name);
        try {
            Json.write(json, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("field " + name + ": " + e.getMessage(), e);
        }
    }

    private static void number(JsonGenerator json, String name, double value, Set<String> written) throws IOException {
        written.add(name);
        json.writeNumberField(name, value);
    }

    private static void whole(JsonGenerator json, String name, long value, Set<String> written) throws IOException {
        written.add(name);
        json.writeNumberField(name, value);
    }

    private void write(JsonGenerator json, Message message) throws IOException {
        json.writeStartObject();
        if (message instanceof AssistantMessage assistant) {
            write(json, assistant);
        } else if (message instanceof ToolMessage tool) {
            json.writeStringField("role", "tool");
            json.writeStringField("tool_call_id", tool.toolCallId());
            writeContent(json, tool.content());
        } else {
            json.writeStringField("role", message instanceof SystemMessage ? "system" : "user");
            writeContent(json, message.content());
        }
        json.writeEndObject();
    }

    private void write(JsonGenerator json, AssistantMessage message) throws IOException {
        json.writeStringField("role", "assistant");
        if (message.content().isEmpty() && !message.toolCalls().isEmpty()) {
            json.writeNullField("content"); // not "": Bedrock refuses empty text
        } else {
            writeContent(json, message.content());
        }
        if (dialect.echoesReasoning() && !message.reasoningDetails().isEmpty()) {
            json.writeFieldName("reasoning_details");
            Json.write(json, message.reasoningDetails());
        }
        if (!message.toolCalls().isEmpty()) {
            json.writeArrayFieldStart("tool_calls");
            for (ToolCall call : message.toolCalls()) {
                json.writeStartObject();
                json.writeStringField("id", call.id());
                json.writeStringField("type", "function");
                json.writeObjectFieldStart("function");
                json.writeStringField("name", call.name());
                json.writeStringField("arguments", call.arguments());
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    private static void writeContent(JsonGenerator json, List<ContentPart> parts) throws IOException {
        json.writeFieldName("content");
        if (parts.isEmpty()) {
            json.writeString("");
        } else if (parts.size() == 1 && parts.get(0) instanceof TextPart only) {
            json.writeString(only.text());
        } else {
            json.writeStartArray();
            for (ContentPart part : parts) {
                if (part instanceof TextPart text) {
                    json.writeStartObject();
                    json.writeStringField("type", "text");
                    json.writeStringField("text", text.text());
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
        }
    }
}
