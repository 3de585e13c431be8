package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.ToolChoice;
import dev.llmspi.api.ToolDefinition;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;

/** Writes what holds JSON Schemas: tools, and the format of the answer. A schema goes out byte for byte as given. */
final class SchemaEncoder {

    private final OpenAiDialect dialect;

    SchemaEncoder(OpenAiDialect dialect) {
        this.dialect = dialect;
    }

    /** The fields this will write for a request: they come last, nobody else may write them before. */
    static void reserve(ChatRequest request, Collection<String> written) {
        if (request.responseFormat().isPresent()) {
            written.add("response_format");
        }
        if (!request.tools().isEmpty()) {
            written.add("tools");
        }
        if (request.toolChoice().isPresent()) {
            written.add("tool_choice");
        }
        if (request.parallelToolCalls().isPresent()) {
            written.add("parallel_tool_calls");
        }
    }

    /** @throws IllegalArgumentException if a schema is no JSON object; names whose it is */
    void write(JsonGenerator json, ChatRequest request) throws IOException {
        if (request.responseFormat().isPresent()) {
            json.writeFieldName("response_format");
            write(json, request.responseFormat().get());
        }
        if (request.toolChoice().isPresent()) {
            json.writeFieldName("tool_choice");
            write(json, request.toolChoice().get());
        }
        if (request.parallelToolCalls().isPresent()) {
            json.writeBooleanField(
                    "parallel_tool_calls", request.parallelToolCalls().get());
        }
        if (!request.tools().isEmpty()) {
            json.writeArrayFieldStart("tools");
            for (ToolDefinition tool : request.tools()) {
                write(json, tool);
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
            MessageEncoder.writeMark(json);
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
