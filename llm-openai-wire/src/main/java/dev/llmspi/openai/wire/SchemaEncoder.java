package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.ToolChoice;
import dev.llmspi.api.ToolDefinition;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the tools, the tool choice and the response format. Their JSON Schemas are sent exactly as given, except that
 * lone surrogates are replaced.
 */
final class SchemaEncoder {

    private final OpenAiDialect dialect;

    SchemaEncoder(OpenAiDialect dialect) {
        this.dialect = dialect;
    }

    /** The value of a field that only this class can write. */
    record Field(Object value) {}

    /**
     * Returns the request fields that this class writes, in the order in which they are written. Extra fields of a
     * request must not have the same names.
     */
    static Map<String, Object> fields(ChatRequest request) {
        if (request.responseFormat().isEmpty()
                && request.toolChoice().isEmpty()
                && request.parallelToolCalls().isEmpty()
                && request.tools().isEmpty()) {
            return Map.of(); // the usual case needs no map
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        if (request.responseFormat().isPresent()) {
            fields.put("response_format", new Field(request.responseFormat().get()));
        }
        if (request.toolChoice().isPresent()) {
            fields.put("tool_choice", new Field(request.toolChoice().get()));
        }
        if (request.parallelToolCalls().isPresent()) {
            fields.put("parallel_tool_calls", request.parallelToolCalls().get());
        }
        if (!request.tools().isEmpty()) {
            fields.put("tools", new Field(request.tools()));
        }
        return fields;
    }

    /** @throws IllegalArgumentException if a schema is not a JSON object; the message names the tool or field */
    void write(JsonGenerator json, Field field) throws IOException {
        if (field.value() instanceof ResponseFormat format) {
            write(json, format);
        } else if (field.value() instanceof ToolChoice choice) {
            write(json, choice);
        } else if (field.value() instanceof List<?> tools) {
            json.writeStartArray();
            for (Object tool : tools) {
                write(json, (ToolDefinition) tool);
            }
            json.writeEndArray();
        }
    }

    private static void write(JsonGenerator json, ResponseFormat format) throws IOException {
        json.writeStartObject();
        switch (format.type()) {
            case TEXT -> json.writeStringField("type", "text");
            case JSON_OBJECT -> json.writeStringField("type", "json_object");
            case JSON_SCHEMA -> {
                json.writeStringField("type", "json_schema");
                json.writeObjectFieldStart("json_schema");
                json.writeStringField("name", format.name().orElseThrow());
                json.writeBooleanField("strict", format.isStrict());
                writeSchema(json, "schema", format.schema().orElseThrow(), "response format, field schema");
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ToolChoice choice) throws IOException {
        Optional<String> tool = choice.tool();
        if (tool.isEmpty()) {
            json.writeString(
                    switch (choice.mode()) {
                        case NONE -> "none";
                        case REQUIRED -> "required";
                        default -> "auto";
                    });
            return;
        }
        json.writeStartObject();
        json.writeStringField("type", "function");
        json.writeObjectFieldStart("function");
        json.writeStringField("name", tool.get());
        json.writeEndObject();
        json.writeEndObject();
    }

    private void write(JsonGenerator json, ToolDefinition tool) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "function");
        json.writeObjectFieldStart("function");
        json.writeStringField("name", tool.name());
        json.writeStringField("description", tool.description());
        writeSchema(json, "parameters", tool.parameters(), "tool \"" + tool.name() + "\", field parameters");
        if (tool.isStrict()) {
            json.writeBooleanField("strict", true);
        }
        json.writeEndObject();
        if (tool.cacheMark() && dialect.sendsCacheMarks()) {
            ContentEncoder.writeMark(json);
        }
        json.writeEndObject();
    }

    private static void writeSchema(JsonGenerator json, String field, String schema, String whose) throws IOException {
        if (!JsonReader.STANDARD.isObject(schema)) {
            throw new IllegalArgumentException(whose + ": must be a JSON object");
        }
        json.writeFieldName(field);
        json.writeRawValue(schema.strip());
    }
}
