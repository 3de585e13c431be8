package dev.llmspi.openai.wire;

/**
 * Watches one JSON value as it is written, to know where it ends without reading it again from the start. It does not
 * check that the value is valid: brackets are counted, and strings are skipped.
 */
final class JsonCompletenessScanner {

    private enum Form {
        NOTHING,
        /** An object or an array. */
        NESTED,
        STRING,
        /**
         * A number, {@code true}, {@code false} or {@code null}: it ends with the next character that cannot belong to
         * it.
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
    /** The last character outside of strings that is not blank. */
    private char last;

    /**
     * Reads on until the value is complete or the text ends.
     *
     * @return how many characters from {@code start} belong to the value, or to the blanks before it
     */
    int read(CharSequence text, int start) {
        int at = start;
        while (at < text.length() && !complete) {
            char c = text.charAt(at);
            if (form == Form.WORD && !isWordCharacter(c)) {
                complete = true; // without this character
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

    /** Whether there was anything but blanks. */
    boolean isBegun() {
        return form != Form.NOTHING;
    }

    /** Whether the value has ended. */
    boolean isComplete() {
        return complete;
    }

    /** Whether the value could end here: it has ended, or it is a word that nothing follows. */
    boolean mayEnd() {
        return complete || form == Form.WORD;
    }

    /** Whether another value may begin here, inside this one. */
    boolean awaitsValue() {
        return !inString && (last == ':' || last == ',' || last == '[');
    }

    /** Whether the value begins again: no JSON begins with two opening braces. */
    boolean isRestarted() {
        return restarted;
    }

    /** Whether the value is an object that has a member, complete or not. */
    boolean isFilledObject() {
        return object && filled;
    }
}
