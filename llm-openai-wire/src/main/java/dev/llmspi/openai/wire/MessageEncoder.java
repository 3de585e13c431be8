package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.AudioPart;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.FilePart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import java.io.IOException;
import java.util.List;

/** Writes the messages of a request. */
final class MessageEncoder {

    private final OpenAiDialect dialect;

    MessageEncoder(OpenAiDialect dialect) {
        this.dialect = dialect;
    }

    void write(JsonGenerator json, Message message) throws IOException {
        json.writeStartObject();
        if (message instanceof AssistantMessage assistant) {
            write(json, assistant);
        } else if (message instanceof ToolMessage tool) {
            json.writeStringField("role", "tool");
            json.writeStringField("tool_call_id", tool.toolCallId());
            writeContent(json, tool.content(), tool.cacheMark());
        } else if (message instanceof SystemMessage system) {
            json.writeStringField("role", "system");
            writeContent(json, system.content(), system.cacheMark());
        } else if (message instanceof UserMessage user) {
            json.writeStringField("role", "user");
            writeContent(json, user.content(), user.cacheMark());
        } else {
            throw new IllegalArgumentException("a " + message.getClass().getSimpleName() + " has no form here");
        }
        json.writeEndObject();
    }

    private void write(JsonGenerator json, AssistantMessage message) throws IOException {
        json.writeStringField("role", "assistant");
        if (!message.toolCalls().isEmpty() && saysNothing(message)) {
            json.writeNullField("content"); // not "": Bedrock refuses empty text
        } else {
            writeContent(json, message.content(), false);
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

    private static boolean saysNothing(AssistantMessage message) {
        for (ContentPart part : message.content()) {
            if (!(part instanceof TextPart text && text.text().isEmpty())) {
                return false;
            }
        }
        return true;
    }

    /** A single text is a string, unless it must carry a mark. */
    private void writeContent(JsonGenerator json, List<ContentPart> parts, boolean mark) throws IOException {
        int marked = mark && dialect.sendsCacheMarks() ? lastText(parts) : -1;
        json.writeFieldName("content");
        if (parts.isEmpty()) {
            json.writeString("");
        } else if (marked < 0 && parts.size() == 1 && parts.get(0) instanceof TextPart only) {
            json.writeString(only.text());
        } else {
            json.writeStartArray();
            for (int i = 0; i < parts.size(); i++) {
                write(json, parts.get(i), i == marked);
            }
            json.writeEndArray();
        }
    }

    /** Only texts carry marks; a mark on an empty one is refused. */
    private static int lastText(List<ContentPart> parts) {
        for (int i = parts.size() - 1; i >= 0; i--) {
            if (parts.get(i) instanceof TextPart text && !text.text().isEmpty()) {
                return i;
            }
        }
        return -1;
    }

    private static void write(JsonGenerator json, ContentPart part, boolean marked) throws IOException {
        json.writeStartObject();
        if (part instanceof TextPart text) {
            json.writeStringField("type", "text");
            json.writeStringField("text", text.text());
        } else if (part instanceof ImagePart image) {
            json.writeStringField("type", "image_url");
            json.writeObjectFieldStart("image_url");
            json.writeStringField("url", image.url());
            if (image.detail().isPresent()) {
                json.writeStringField("detail", image.detail().get());
            }
            json.writeEndObject();
        } else if (part instanceof AudioPart audio) {
            json.writeStringField("type", "input_audio");
            json.writeObjectFieldStart("input_audio");
            json.writeStringField("data", audio.base64());
            json.writeStringField("format", audio.format());
            json.writeEndObject();
        } else if (part instanceof FilePart file) {
            json.writeStringField("type", "file");
            json.writeObjectFieldStart("file");
            json.writeStringField("filename", file.filename());
            json.writeStringField("file_data", file.url());
            json.writeEndObject();
        } else {
            throw new IllegalArgumentException("a " + part.getClass().getSimpleName() + " has no form here");
        }
        if (marked) {
            writeMark(json);
        }
        json.writeEndObject();
    }

    /** Asks a prompt cache to keep everything up to here. */
    static void writeMark(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("cache_control");
        json.writeStringField("type", "ephemeral");
        json.writeEndObject();
    }
}
