package dev.llmspi.openai.wire.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The fields of server-sent events, and the field {@code error} that some servers add. */
public enum SseField {
    DATA("data"),
    EVENT("event"),
    ID("id"),
    RETRY("retry"),
    /** Not of the standard; llama.cpp writes an error into it. */
    ERROR("error");

    private final String text;
    private final byte[] bytes;

    SseField(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Its name with a colon, as a line with it begins. */
    String beginning() {
        return text + ":";
    }

    /** Whether the bytes are its name. */
    boolean isNamedBy(byte[] buffer, int start, int end) {
        return Arrays.equals(buffer, start, end, bytes, 0, bytes.length);
    }

    /** Where the value of a line with this field begins; negative for other lines. */
    int valueIn(byte[] buffer, int start, int end) {
        int colon = start + bytes.length;
        if (colon > end || buffer[start] != bytes[0] || !isNamedBy(buffer, start, colon)) {
            return -1;
        }
        if (colon == end) {
            return end;
        }
        if (buffer[colon] != ':') {
            return -1;
        }
        return colon + 1 < end && buffer[colon + 1] == ' ' ? colon + 2 : colon + 1;
    }

    /** Whether a line is a comment, or one with a field of the standard. */
    public static boolean isStandardLine(String line) {
        if (line.startsWith(":")) {
            return true;
        }
        for (SseField field : values()) {
            if (field != ERROR && (line.equals(field.text) || line.startsWith(field.beginning()))) {
                return true;
            }
        }
        return false;
    }
}
