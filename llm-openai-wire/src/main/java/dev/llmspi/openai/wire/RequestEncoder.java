package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.openai.wire.http.JsonBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes requests as JSON, straight to bytes. Encodes each message once and reuses the bytes in later calls. Fields
 * always come in the same order, the messages last: caches compare bytes, and requests that differ only in their last
 * message are equal up to it.
 *
 * <p>A field is written once. What the request says in our vocabulary wins, then its extras, then the extras of the
 * configuration block, then what the dialect adds. After that the configuration leaves fields out or renames them.
 */
final class RequestEncoder {

    private static final byte[] MESSAGES = ",\"messages\":[".getBytes(StandardCharsets.US_ASCII);

    private final OpenAiDialect dialect;
    private final MessageEncoder messages;
    private final SchemaEncoder schemas;
    private final RequestSettings settings;
    private final int limit;
    private final WrittenMessages kept;

    /**
     * @param limit the largest body, in bytes
     * @param kept what is known of the messages this writes; its own
     */
    RequestEncoder(OpenAiDialect dialect, RequestSettings settings, int limit, WrittenMessages kept) {
        this.dialect = dialect;
        this.messages = new MessageEncoder(dialect);
        this.schemas = new SchemaEncoder(dialect);
        this.settings = settings;
        this.limit = limit;
        this.kept = kept;
    }

    /**
     * @throws PieceOutput.TooLargeException if it would be larger than allowed
     * @throws IllegalArgumentException if it holds something JSON does not have
     */
    JsonBody encode(ChatRequest request, String model, boolean stream) {
        PieceOutput output = new PieceOutput(limit);
        try (JsonGenerator json = new WellFormedGenerator(Json.FACTORY.createGenerator(output, JsonEncoding.UTF8))) {
            writeHead(json, request, model, stream);
            byte[] object = taken(json, output);
            byte[][] elements = messages(json, output, request, model);
            output.count(MESSAGES.length + elements.length); // what stands around and between the messages
            return JsonBody.of(object, MESSAGES, elements);
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
        Object count = request.extras(dialect.type())
                .getOrDefault("n", settings.extras().get("n"));
        return count instanceof Number number && number.intValue() > 1;
    }

    /** Everything but the messages, as an object of its own. */
    private void writeHead(JsonGenerator json, ChatRequest request, String model, boolean stream) throws IOException {
        json.writeStartObject();
        json.writeStringField("model", model);
        if (stream) {
            json.writeBooleanField("stream", true);
        }
        for (Map.Entry<String, Object> field : fields(request, model, stream).entrySet()) {
            write(json, field.getKey(), field.getValue());
        }
        json.writeEndObject();
    }

    private void write(JsonGenerator json, String name, Object value) throws IOException {
        json.writeFieldName(name);
        if (value instanceof SchemaEncoder.Field schema) {
            schemas.write(json, schema);
            return;
        }
        try {
            Json.write(json, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("field " + name + ": " + e.getMessage(), e);
        }
    }

    /** Each on its own; those that were sent before are not written again. */
    private byte[][] messages(JsonGenerator json, PieceOutput output, ChatRequest request, String model)
            throws IOException {
        List<Message> conversation = request.messages();
        Recipient recipient =
                new Recipient(settings.provider(), model, request.model().orElse(null));
        ConversationPlan plan =
                new ConversationPlan(conversation, recipient, settings.host(), dialect, settings.echo());
        byte[][] elements = new byte[plan.size()][];
        int length = 0;
        WrittenMessages.Look look = kept.new Look();
        for (int i = 0; i < conversation.size(); i++) {
            MessageForm form = plan.form(i);
            if (form != null) {
                elements[length++] = element(json, output, look, conversation.get(i), form);
            }
        }
        return elements;
    }

    private byte[] element(
            JsonGenerator json, PieceOutput output, WrittenMessages.Look look, Message message, MessageForm form)
            throws IOException {
        byte[] known = look.of(message, form);
        if (known != null) {
            output.count(known.length);
            return known;
        }
        messages.write(json, message, form);
        byte[] element = taken(json, output);
        kept.keep(message, form, element);
        return element;
    }

    private static byte[] taken(JsonGenerator json, PieceOutput output) throws IOException {
        json.flush();
        return output.take();
    }

    /** All fields beside the fixed ones, in their order and as the configuration wants them. */
    private Map<String, Object> fields(ChatRequest request, String model, boolean stream) {
        Map<String, Object> fields = new LinkedHashMap<>();
        addSettings(fields, request);
        Map<String, Object> schemaFields = SchemaEncoder.fields(request);
        Map<String, Object> rest = rest(request, stream);
        rest.keySet().removeAll(fields.keySet());
        rest.keySet().removeAll(schemaFields.keySet());
        dialect.amend(request, rest);
        add(fields, rest);
        fields.keySet().removeAll(schemaFields.keySet());
        fields.putAll(schemaFields);
        fields.keySet().removeAll(FieldRules.FIXED);
        FieldRules.Rules rules = settings.fields().of(model);
        return rules.isEmpty() ? fields : rules.apply(fields, own(request, schemaFields));
    }

    /** The names of the fields that the request itself brings. */
    private Set<String> own(ChatRequest request, Map<String, Object> schemaFields) {
        Map<String, Object> own = new LinkedHashMap<>(schemaFields);
        addSettings(own, request);
        add(own, request.extras(dialect.type()));
        return own.keySet();
    }

    /** Fields outside the vocabulary. The first source to set a field wins. */
    private Map<String, Object> rest(ChatRequest request, boolean stream) {
        Map<String, Object> rest = new LinkedHashMap<>();
        add(rest, request.extras(dialect.type()));
        add(rest, settings.extras());
        add(rest, dialect.fields(request));
        if (request.automaticCaching()) {
            add(rest, dialect.automaticCaching());
        }
        if (stream) {
            add(rest, dialect.streamFields());
        }
        rest.keySet().removeAll(FieldRules.FIXED);
        return rest;
    }

    private static void add(Map<String, Object> fields, Map<String, Object> more) {
        if (more.isEmpty()) {
            return; // the common case
        }
        for (Map.Entry<?, ?> field : Json.ordered(more).entrySet()) {
            fields.putIfAbsent(WellFormedText.of((String) field.getKey()), field.getValue());
        }
    }

    private void addSettings(Map<String, Object> fields, ChatRequest request) {
        if (request.temperature().isPresent()) {
            fields.put("temperature", request.temperature().getAsDouble());
        }
        if (request.topP().isPresent()) {
            fields.put("top_p", request.topP().getAsDouble());
        }
        if (request.topK().isPresent()) {
            fields.put("top_k", request.topK().getAsInt());
        }
        if (request.frequencyPenalty().isPresent()) {
            fields.put("frequency_penalty", request.frequencyPenalty().getAsDouble());
        }
        if (request.presencePenalty().isPresent()) {
            fields.put("presence_penalty", request.presencePenalty().getAsDouble());
        }
        if (request.maxOutputTokens().isPresent()) {
            fields.put(settings.maxTokensField(), request.maxOutputTokens().getAsInt());
        }
        if (!request.stop().isEmpty()) {
            fields.put("stop", request.stop());
        }
        if (request.seed().isPresent()) {
            fields.put("seed", request.seed().getAsLong());
        }
        if (request.reasoning().isPresent()) {
            add(fields, dialect.reasoning(request.reasoning().get()));
        }
    }
}
