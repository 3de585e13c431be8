package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.openai.wire.http.JsonBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes requests as JSON bytes. Each message is encoded once, and its bytes are reused in later calls. The fields
 * always have the same order, with the messages last. Prompt caches compare bytes, so two requests that differ only in
 * their last message must be identical up to that message.
 *
 * <p>Each field is written once. If several sources set the same field, the request's own settings take precedence,
 * then the request's extras, then the extras in the configuration block, then the dialect's fields. Finally, the rules
 * in the configuration omit or rename fields.
 */
final class RequestEncoder {

    /**
     * Thrown if a field from the extras or the dialect cannot be written as JSON. Other providers do not send that
     * field, so they may accept the request.
     */
    static final class FieldException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        FieldException(String name, IllegalArgumentException cause) {
            super("field " + name + ": " + cause.getMessage(), cause);
        }
    }

    private static final byte[] MESSAGES = ",\"messages\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FIRST_MESSAGES = Arrays.copyOfRange(MESSAGES, 1, MESSAGES.length);
    private static final int EMPTY_OBJECT = 2;

    private final OpenAiDialect dialect;
    private final MessageEncoder messages;
    private final SchemaEncoder schemas;
    private final RequestSettings settings;
    private final int limit;
    private final EncodedMessageCache cache;

    /**
     * @param limit the maximum length of a request body, in bytes
     * @param cache the cache for encoded messages, which no other encoder may use
     */
    RequestEncoder(OpenAiDialect dialect, RequestSettings settings, int limit, EncodedMessageCache cache) {
        this.dialect = dialect;
        this.messages = new MessageEncoder(dialect);
        this.schemas = new SchemaEncoder(dialect);
        this.settings = settings;
        this.limit = limit;
        this.cache = cache;
    }

    /**
     * Returns the body for a request.
     *
     * @param model the model name to send; {@code ""} omits the field, so that the server chooses the model
     * @param ended whether the call has ended, so that the body is no longer needed
     * @throws SegmentedOutput.TooLargeException if the body would exceed the limit
     * @throws SegmentedOutput.EndedException if the call has ended
     * @throws IllegalArgumentException if a value cannot be written as JSON
     */
    JsonBody encode(ChatRequest request, String model, boolean stream, Cancellation ended) {
        SegmentedOutput output = new SegmentedOutput(limit, ended);
        try (JsonGenerator json = JsonWriter.of(output)) {
            writeHead(json, request, model, stream);
            byte[] object = taken(json, output);
            byte[][] elements = messages(json, output, request, model);
            byte[] member = object.length == EMPTY_OBJECT ? FIRST_MESSAGES : MESSAGES;
            output.count(member.length + elements.length); // including the commas between the messages
            return JsonBody.of(object, member, elements);
        } catch (IOException e) {
            throw new IllegalArgumentException("a text cannot be encoded", null);
        }
    }

    static Set<String> toolNames(ChatRequest request) {
        return request.tools().isEmpty()
                ? Set.of()
                : request.tools().stream().map(ToolDefinition::name).collect(Collectors.toUnmodifiableSet());
    }

    /** Writes a JSON object that contains everything except the messages. */
    private void writeHead(JsonGenerator json, ChatRequest request, String model, boolean stream) throws IOException {
        json.writeStartObject();
        if (!model.isEmpty()) {
            json.writeStringField("model", model);
        }
        if (stream) {
            json.writeBooleanField("stream", true);
        }
        for (Map.Entry<String, Object> field : fields(request, model, stream).entrySet()) {
            FieldLimits.check(field.getKey(), field.getValue());
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
            JsonWriter.write(json, value);
        } catch (IllegalArgumentException e) {
            throw new FieldException(name, e);
        }
    }

    /** Returns the JSON for each message, which is taken from the cache if an earlier call sent the message. */
    private byte[][] messages(JsonGenerator json, SegmentedOutput output, ChatRequest request, String model)
            throws IOException {
        List<Message> conversation = request.messages();
        Recipient recipient =
                new Recipient(settings.provider(), model, request.model().orElse(null));
        ConversationPlan plan =
                new ConversationPlan(conversation, recipient, settings.host(), dialect, settings.echo());
        byte[][] elements = new byte[plan.size()][];
        int length = 0;
        EncodedMessageCache.Lookup lookup = cache.new Lookup();
        for (int i = 0; i < conversation.size(); i++) {
            MessageForm form = plan.form(i);
            if (form != null) {
                elements[length++] = element(json, output, lookup, conversation.get(i), form);
            }
        }
        return elements;
    }

    private byte[] element(
            JsonGenerator json,
            SegmentedOutput output,
            EncodedMessageCache.Lookup lookup,
            Message message,
            MessageForm form)
            throws IOException {
        byte[] known = lookup.find(message, form);
        if (known != null) {
            output.count(known.length);
            return known;
        }
        messages.write(json, message, form);
        byte[] element = taken(json, output);
        cache.put(message, form, element);
        return element;
    }

    private static byte[] taken(JsonGenerator json, SegmentedOutput output) throws IOException {
        json.flush();
        return output.take();
    }

    /**
     * Returns all fields except the fixed ones, in the order in which they are written. The rules in the configuration
     * have already been applied.
     */
    private Map<String, Object> fields(ChatRequest request, String model, boolean stream) {
        Map<String, Object> fields = new LinkedHashMap<>();
        addSettings(fields, request);
        Map<String, Object> schemaFields = SchemaEncoder.fields(request);
        Map<String, Object> rest = rest(request, stream);
        removeAll(rest, fields.keySet());
        removeAll(rest, schemaFields.keySet());
        dialect.amend(request, rest);
        add(fields, rest);
        removeAll(fields, schemaFields.keySet());
        fields.putAll(schemaFields);
        removeAll(fields, FieldRules.FIXED);
        FieldRules.Rules rules = settings.fields().of(model);
        return rules.isEmpty() ? fields : rules.apply(fields, own(request, schemaFields));
    }

    /** Returns the names of the fields that the request itself sets. */
    private Set<String> own(ChatRequest request, Map<String, Object> schemaFields) {
        Map<String, Object> own = new LinkedHashMap<>(schemaFields);
        addSettings(own, request);
        add(own, request.extras(dialect.type()));
        return own.keySet();
    }

    /** Returns the fields for which the API has no setting. If several sources set a field, the first one wins. */
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
        removeAll(rest, FieldRules.FIXED);
        return rest;
    }

    private static void removeAll(Map<String, Object> fields, Collection<String> names) {
        if (!fields.isEmpty() && !names.isEmpty()) { // most requests have few fields or none
            fields.keySet().removeAll(names);
        }
    }

    private static void add(Map<String, Object> fields, Map<String, Object> more) {
        if (more.isEmpty()) {
            return; // there is usually nothing to add
        }
        for (Map.Entry<?, ?> field : JsonWriter.ordered(more).entrySet()) {
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
