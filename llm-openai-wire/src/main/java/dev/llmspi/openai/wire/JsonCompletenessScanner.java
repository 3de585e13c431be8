package dev.llmspi.openai.wire;

/**
 * Finds the end of a JSON value that arrives in pieces. It reads each character once, counts brackets and skips
 * strings. It does not check whether the value is valid.
 */
final class JsonCompletenessScanner {

    private enum Form {
        NOTHING,
        /** An object or an array. */
        NESTED,
        STRING,
        /**
         * A number, {@code true}, {@code false} or {@code null}. It ends before the first character that cannot be part
         * of it.
         */
        WORD
    }

    private Form form = Form.NOTHING;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean complete;
    private boolean object;
    private boolean filled;
    private boolean restarted;
    /** The last character outside strings that is not whitespace. */
    private char last;

    /**
     * Reads until the value is complete or the text ends.
     *
     * @return the number of characters from {@code start} that belong to the value or to whitespace before it
     */
    int read(CharSequence text, int start) {
        int at = start;
        while (at < text.length() && !complete) {
            char c = text.charAt(at);
            if (form == Form.WORD && !isWordCharacter(c)) {
                complete = true; // this character is not part of the word
            } else if (c == '{' && isOpenedOnly()) {
                restarted = true;
                return at - start;
            } else {
                read(c);
                at++;
            }
        }
        return at - start;
    }

    private boolean isOpenedOnly() {
        return object && !filled && !inString && depth == 1;
    }

    private void read(char c) {
        if (inString) {
            readInString(c);
            return;
        }
        if (form == Form.NOTHING) {
            if (c > ' ') {
                begin(c);
            }
            return;
        }
        if (c > ' ') {
            filled |= c != '}' && c != ']';
            last = c;
        }
        switch (c) {
            case '"' -> inString = true;
            case '{', '[' -> depth++;
            case '}', ']' -> {
                depth--;
                complete = depth <= 0;
            }
            default -> {}
        }
    }

    private void begin(char c) {
        switch (c) {
            case '{', '[' -> {
                form = Form.NESTED;
                object = c == '{';
                depth = 1;
            }
            case '"' -> {
                form = Form.STRING;
                inString = true;
            }
            default -> form = Form.WORD;
        }
    }

    private void readInString(char c) {
        if (escaped) {
            escaped = false;
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            inString = false;
            complete = form == Form.STRING;
        }
    }

    private static boolean isWordCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.';
    }

    /** Whether the value has started. */
    boolean isBegun() {
        return form != Form.NOTHING;
    }

    /** Whether the value has ended. */
    boolean isComplete() {
        return complete;
    }

    /** Whether the value has ended, or is a word that could end here. */
    boolean mayEnd() {
        return complete || form == Form.WORD;
    }

    /** Whether a nested value may start here. */
    boolean awaitsValue() {
        return !inString && (last == ':' || last == ',' || last == '[');
    }

    /** Whether a second opening brace directly followed the first one, which means that the value starts again. */
    boolean isRestarted() {
        return restarted;
    }

    /** Whether the value is an object with at least the beginning of a member. */
    boolean isFilledObject() {
        return object && filled;
    }
}
