package dev.llmspi.openai.wire.http;

/** The fields of server-sent events, and the field {@code error} that some servers add. */
public enum SseField {
    DATA("data"),
    EVENT("event"),
    ID("id"),
    RETRY("retry"),
    /** Not of the standard; llama.cpp writes an error into it. */
    ERROR("error");

    private final String text;

    SseField(String text) {
        this.text = text;
    }

    /** Its name with a colon, as a line with it begins. */
    String beginning() {
        return text + ":";
    }

    /** Whether the bytes are its name. */
    boolean isNamedBy(byte[] buffer, int start, int end) {
        if (end - start != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (buffer[start + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Where the value of a line with this field begins; negative for other lines. */
    int valueIn(byte[] buffer, int start, int end) {
        int colon = start + text.length();
        if (colon > end || !isNamedBy(buffer, start, colon)) {
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
