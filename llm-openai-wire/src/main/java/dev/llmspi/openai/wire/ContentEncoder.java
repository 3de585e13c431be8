package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.AudioPart;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.FilePart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolMessage;
import java.io.IOException;
import java.util.List;

/** Writes the content of a message. Blank texts are omitted because Anthropic and Bedrock reject them. */
final class ContentEncoder {

    /** The result that is sent for a tool that returned nothing, because every tool call needs a result. */
    private static final String NO_OUTPUT = "(no output)";

    private final OpenAiDialect dialect;

    ContentEncoder(OpenAiDialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Writes the {@code content} member. A single text is written as a string unless it has a cache mark.
     *
     * @param mark whether a prompt cache should keep the request up to this message
     * @param before the parts to write first, as JSON
     */
    void write(JsonGenerator json, Message message, MessageForm form, boolean mark, List<String> before)
            throws IOException {
        List<ContentPart> parts = message.content();
        json.writeFieldName("content");
        if (form.has(MessageForm.EMPTY)) {
            json.writeString(message.text());
            return;
        }
        int count = countParts(parts);
        boolean noOutput = count == 0 && message instanceof ToolMessage;
        boolean marked = mark && dialect.sendsCacheMarks();
        int last = lastText(parts);
        if (count == 0 && before.isEmpty() && !noOutput) {
            json.writeNull(); // Bedrock rejects an empty string next to tool calls
        } else if (count <= 1 && before.isEmpty() && !marked && (last >= 0 || noOutput)) {
            json.writeString(noOutput ? NO_OUTPUT : text(parts, last, form));
        } else {
            json.writeStartArray();
            for (String part : before) {
                json.writeRawValue(part);
            }
            if (noOutput) {
                writeText(json, NO_OUTPUT, marked);
            }
            for (int i = 0; i < parts.size(); i++) {
                ContentPart part = parts.get(i);
                if (part instanceof TextPart text && !isBlank(text.text())) {
                    writeText(json, i == last ? text(parts, i, form) : text.text(), marked && i == last);
                } else if (!(part instanceof TextPart)) {
                    write(json, part);
                }
            }
            json.writeEndArray();
        }
    }

    private static String text(List<ContentPart> parts, int index, MessageForm form) {
        String text = ((TextPart) parts.get(index)).text();
        return form.has(MessageForm.TRIMMED) ? withoutBlankEnd(text) : text;
    }

    /** Returns the number of parts, excluding blank texts. */
    static int countParts(List<ContentPart> parts) {
        int count = 0;
        for (int i = 0; i < parts.size(); i++) {
            if (!(parts.get(i) instanceof TextPart text) || !isBlank(text.text())) {
                count++;
            }
        }
        return count;
    }

    /** Returns the index of the last text that is not blank; negative if there is none. */
    private static int lastText(List<ContentPart> parts) {
        for (int i = parts.size() - 1; i >= 0; i--) {
            if (parts.get(i) instanceof TextPart text && !isBlank(text.text())) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the last text ends with whitespace. */
    static boolean hasBlankEnd(List<ContentPart> parts) {
        int last = lastText(parts);
        return last >= 0
                && parts.get(last) instanceof TextPart text
                && endOf(text.text()) < text.text().length();
    }

    private static String withoutBlankEnd(String text) {
        return text.substring(0, endOf(text));
    }

    private static boolean isBlank(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isBlank(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static int endOf(String text) {
        int end = text.length();
        while (end > 0 && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** Whether a character is whitespace or a non-breaking space, which servers written in Python strip too. */
    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static void writeText(JsonGenerator json, String text, boolean marked) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "text");
        json.writeStringField("text", text);
        if (marked) {
            writeMark(json);
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ContentPart part) throws IOException {
        json.writeStartObject();
        if (part instanceof ImagePart image) {
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
            throw new IllegalArgumentException(
                    "cannot send a " + part.getClass().getSimpleName() + " to this kind of server");
        }
        json.writeEndObject();
    }

    /** Writes the mark that asks a prompt cache to keep the request up to this point. */
    static void writeMark(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("cache_control");
        json.writeStringField("type", "ephemeral");
        json.writeEndObject();
    }
}
