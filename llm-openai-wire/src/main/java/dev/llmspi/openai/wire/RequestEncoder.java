package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.openai.wire.http.JsonBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes requests as JSON, straight to bytes, and a message of a conversation once for all its calls. Fields always come in the same order, the messages last: caches compare
 * bytes, and requests that differ only in their last message are equal up to it.
 *
 * <p>A field is written once. What the request says in our vocabulary wins, then its extras, then the extras of the
 * configuration block, then what the dialect adds.
 */
final class RequestEncoder {

    private static final List<String> OWN_FIELDS = List.of("model", "messages", "stream");
    private static final byte[] MESSAGES = ",\"messages\":[".getBytes(StandardCharsets.US_ASCII);

    private final OpenAiDialect dialect;
    private final MessageEncoder messages;
    private final SchemaEncoder schemas;
    private final Map<String, Object> blockExtras;
    private final String maxTokensField;
    private final int limit;
    private final WrittenMessages kept;

    /**
     * @param limit the largest body, in bytes
     * @param kept what is known of the messages this writes; its own
     */
    RequestEncoder(
            OpenAiDialect dialect,
            Map<String, Object> blockExtras,
            String maxTokensField,
            int limit,
            WrittenMessages kept) {
        this.dialect = dialect;
        this.messages = new MessageEncoder(dialect);
        this.schemas = new SchemaEncoder(dialect);
        this.blockExtras = blockExtras;
        this.maxTokensField = maxTokensField;
        this.limit = limit;
        this.kept = kept;
    }

    /**
     * @throws PieceOutput.TooLargeException if it would be larger than allowed
     * @throws IllegalArgumentException if it holds something JSON does not have
     */
    JsonBody encode(ChatRequest request, String model, boolean stream) {
        PieceOutput output = new PieceOutput(limit);
        try (JsonGenerator json = Json.FACTORY.createGenerator(output, JsonEncoding.UTF8)) {
            writeHead(json, request, model, stream);
            byte[] object = taken(json, output);
            output.count(MESSAGES.length + request.messages().size()); // what stands around and between the messages
            return JsonBody.of(object, MESSAGES, messages(json, output, request.messages()));
        } catch (IOException e) {
            throw new IllegalArgumentException("a text cannot be encoded", null);
        }
    }

    static Set<String> toolNames(ChatRequest request) {
        return request.tools().isEmpty()
                ? Set.of()
                : request.tools().stream().map(ToolDefinition::name).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether extras ask for more than one answer: the vocabulary has no word for it. */
    boolean asksForSeveral(ChatRequest request) {
        Object count = request.extras(dialect.type()).getOrDefault("n", blockExtras.get("n"));
        return count instanceof Number number && number.intValue() > 1;
    }

    /** Everything but the messages, as an object of its own. */
    private void writeHead(JsonGenerator json, ChatRequest request, String model, boolean stream) throws IOException {
        json.writeStartObject();
        json.writeStringField("model", model);
        Collection<String> written = new ArrayList<>();
        SchemaEncoder.reserve(request, written);
        if (stream) {
            json.writeBooleanField("stream", true);
        }
        writeSettings(json, request, written);
        writeRest(json, rest(request, stream, written), written);
        schemas.write(json, request);
        json.writeEndObject();
    }

    /** Each on its own; those that were sent before are not written again. */
    private byte[][] messages(JsonGenerator json, PieceOutput output, List<Message> conversation) throws IOException {
        byte[][] elements = new byte[conversation.size()][];
        WrittenMessages.Look look = kept.new Look();
        for (int i = 0; i < elements.length; i++) {
            Message message = conversation.get(i);
            byte[] element = look.of(message);
            if (element == null) {
                messages.write(json, message);
                element = taken(json, output);
                kept.keep(message, element);
            } else {
                output.count(element.length);
            }
            elements[i] = element;
        }
        return elements;
    }

    private static byte[] taken(JsonGenerator json, PieceOutput output) throws IOException {
        json.flush();
        return output.take();
    }

    /** Whatever nobody has a name for here, the first to name it first. */
    private Map<String, Object> rest(ChatRequest request, boolean stream, Collection<String> written) {
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
        if (!rest.isEmpty()) {
            rest.keySet().removeAll(OWN_FIELDS);
            rest.keySet().removeAll(written);
        }
        dialect.amend(request, rest);
        return rest;
    }

    private static void add(Map<String, Object> rest, Map<String, Object> more) {
        if (more.isEmpty()) {
            return; // as a rule
        }
        for (Map.Entry<?, ?> field : Json.ordered(more).entrySet()) {
            rest.putIfAbsent((String) field.getKey(), field.getValue());
        }
    }

    private void writeSettings(JsonGenerator json, ChatRequest request, Collection<String> written) throws IOException {
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

    private static void writeRest(JsonGenerator json, Map<String, Object> fields, Collection<String> written)
            throws IOException {
        if (fields.isEmpty()) {
            return;
        }
        for (Map.Entry<?, ?> field : Json.ordered(fields).entrySet()) {
            String name = (String) field.getKey();
            if (!written.contains(name) && !OWN_FIELDS.contains(name)) {
                field(json, name, field.getValue(), written);
            }
        }
    }

    private static void field(JsonGenerator json, String name, Object value, Collection<String> written)
            throws IOException {
        written.add(name);
        json.writeFieldName(name);
        try {
            Json.write(json, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("field " + name + ": " + e.getMessage(), e);
        }
    }

    private static void number(JsonGenerator json, String name, double value, Collection<String> written)
            throws IOException {
        written.add(name);
        json.writeNumberField(name, value);
    }

    private static void whole(JsonGenerator json, String name, long value, Collection<String> written)
            throws IOException {
        written.add(name);
        json.writeNumberField(name, value);
    }
}
