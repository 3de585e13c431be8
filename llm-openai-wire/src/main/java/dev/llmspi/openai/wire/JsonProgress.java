package dev.llmspi.openai.wire;

/** Watches JSON as it is written, to know when an object is complete without reading it again from the start. */
final class JsonProgress {

    private int depth;
    private boolean begun;
    private boolean complete;
    private boolean inString;
    private boolean escaped;

    void read(String fragment) {
        for (int i = 0; i < fragment.length(); i++) {
            read(fragment.charAt(i));
        }
    }

    private void read(char c) {
        if (inString) {
            if (escaped) {
                escaped = false;
            } else if (c == '\\') {
                escaped = true;
            } else if (c == '"') {
                inString = false;
            }
            return;
        }
        if (c > ' ') {
            begun = true;
            complete = false;
        }
        switch (c) {
            case '"' -> inString = true;
            case '{', '[' -> depth++;
            case '}', ']' -> complete = --depth == 0;
            default -> {}
        }
    }

    /** Whether there was anything but blanks. */
    boolean isBegun() {
        return begun;
    }

    /** Whether as many brackets were closed as opened, and nothing but blanks came after. */
    boolean isComplete() {
        return complete;
    }
}
