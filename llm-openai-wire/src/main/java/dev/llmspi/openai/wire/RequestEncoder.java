package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Writes requests as JSON, straight to bytes. Fields always come in the same order, the messages last: caches compare
 * bytes, and requests that differ only in their last message are equal up to it.
 *
 * <p>A field is written once. What the request says in our vocabulary wins, then its extras, then the extras of the
 * configuration block, then what the dialect adds.
 */
final class RequestEncoder {

    private static final int EXPECTED = 2 * 1024;

    private final OpenAiDialect dialect;
    private final MessageEncoder messages;
    private final SchemaEncoder schemas;
    private final Map<String, Object> blockExtras;
    private final String maxTokensField;
    private final int limit;

    /** @param limit the largest body, in bytes */
    RequestEncoder(OpenAiDialect dialect, Map<String, Object> blockExtras, String maxTokensField, int limit) {
        this.dialect = dialect;
        this.messages = new MessageEncoder(dialect);
        this.schemas = new SchemaEncoder(dialect);
        this.blockExtras = blockExtras;
        this.maxTokensField = maxTokensField;
        this.limit = limit;
    }

    /**
     * @throws BoundedOutput.TooLargeException if it would be larger than allowed
     * @throws IllegalArgumentException if it holds something JSON does not have
     */
    byte[] encode(ChatRequest request, String model, boolean stream) {
        BoundedOutput bytes = new BoundedOutput(EXPECTED, limit);
        try (JsonGenerator json = Json.FACTORY.createGenerator(bytes, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField("model", model);
            Set<String> written = new HashSet<>(Set.of("model", "messages", "stream"));
            SchemaEncoder.reserve(request, written);
            if (stream) {
                json.writeBooleanField("stream", true);
            }
            writeSettings(json, request, written);
            writeRest(json, rest(request, stream, written), written);
            schemas.write(json, request);
            json.writeArrayFieldStart("messages");
            for (Message message : request.messages()) {
                messages.write(json, message);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalArgumentException("a text cannot be encoded", null);
        }
        return bytes.toByteArray();
    }

    /** Whatever nobody has a name for here, the first to name it first. */
    private Map<String, Object> rest(ChatRequest request, boolean stream, Set<String> written) {
        Map<String, Object> rest = new LinkedHashMap<>();
        add(rest, request.extras(dialect.type()));
        add(rest, blockExtras);
        add(rest, dialect.fields(request));
        if (request.automaticCaching()) {
            add(rest, dialect.automaticCaching());
        }
        if (stream) {
            add(rest, dialect.streamFields());
        }
        rest.keySet().removeAll(written);
        dialect.amend(request, rest);
        return rest;
    }

    private static void add(Map<String, Object> rest, Map<String, Object> more) {
        for (Map.Entry<?, ?> field : Json.ordered(more).entrySet()) {
            rest.putIfAbsent((String) field.getKey(), field.getValue());
        }
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
}
