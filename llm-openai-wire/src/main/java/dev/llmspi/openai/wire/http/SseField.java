package dev.llmspi.openai.wire.http;

/** The fields of server-sent events, and the non-standard field {@code error}. */
public enum SseField {
    DATA("data"),
    EVENT("event"),
    ID("id"),
    RETRY("retry"),
    /** A field that is not in the standard. llama.cpp sends errors in this field. */
    ERROR("error");

    private final String text;

    SseField(String text) {
        this.text = text;
    }

    /** Returns the start of a line with this field, which is its name and a colon. */
    String beginning() {
        return text + ":";
    }

    /** Whether the bytes are the name of this field. */
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

    /** Returns the index of the value if the line contains this field; otherwise a negative number. */
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

    /** Whether a line without data is blank, a comment or a standard field. */
    static boolean isStandardLine(byte[] buffer, int start, int end) {
        int at = skipBlanks(buffer, start, end);
        return at == end
                || buffer[at] == ':'
                || EVENT.valueIn(buffer, start, end) >= 0
                || ID.valueIn(buffer, start, end) >= 0
                || RETRY.valueIn(buffer, start, end) >= 0;
    }

    /** Returns the index of the first byte that is not whitespace or a control character. */
    static int skipBlanks(byte[] buffer, int start, int end) {
        int at = start;
        while (at < end && buffer[at] <= ' ' && buffer[at] >= 0) {
            at++;
        }
        return at;
    }

    /** Whether a line is a comment or contains a standard field. */
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
