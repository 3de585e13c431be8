package dev.llmspi.openai.wire;

/**
 * Replaces lone surrogates with U+FFFD. A text that was cut in the middle of an emoji ends with a lone surrogate. UTF-8
 * cannot represent it, and a strict server rejects every later request of the conversation.
 */
final class WellFormedText {

    private static final char REPLACEMENT = '\uFFFD';
    private static final int ESCAPE_LENGTH = 6;
    private static final int HEX = 16;

    private WellFormedText() {}

    /** Returns a text with its lone surrogates replaced; the same instance if it contains none. */
    static String of(String text) {
        int lone = firstLone(text);
        if (lone < 0) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length()).append(text, 0, lone);
        for (int i = lone; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPair(text, i)) {
                clean.append(c).append(text.charAt(++i));
            } else {
                clean.append(Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return clean.toString();
    }

    private static int firstLone(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!isPair(text, i)) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    private static boolean isPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
    }

    /** Replaces lone surrogates in valid JSON, where they can also be written as escapes such as {@code \ud83d}. */
    static String ofJson(String json) {
        if (!json.contains("\\u")) {
            return of(json);
        }
        StringBuilder clean = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); ) {
            int length = unitLength(json, i);
            char unit = unit(json, i, length);
            int next = i + length;
            if (!Character.isSurrogate(unit)) {
                clean.append(json, i, next);
            } else if (Character.isHighSurrogate(unit) && next < json.length()) {
                int nextLength = unitLength(json, next);
                char low = unit(json, next, nextLength);
                if (!Character.isLowSurrogate(low)) {
                    clean.append(REPLACEMENT);
                } else {
                    append(clean, json, i, length, nextLength);
                    next += nextLength;
                }
            } else {
                clean.append(REPLACEMENT);
            }
            i = next;
        }
        return clean.toString();
    }

    /**
     * Appends a surrogate pair unchanged. If only one half is escaped, appends both halves as plain characters, because
     * UTF-8 cannot represent one half alone.
     */
    private static void append(StringBuilder clean, String json, int at, int length, int nextLength) {
        int next = at + length;
        if (length == nextLength) {
            clean.append(json, at, next + nextLength);
        } else {
            clean.append(unit(json, at, length)).append(unit(json, next, nextLength));
        }
    }

    private static int unitLength(String json, int at) {
        if (json.charAt(at) != '\\' || at + 1 == json.length()) {
            return 1;
        }
        return json.charAt(at + 1) == 'u' && at + ESCAPE_LENGTH <= json.length() ? ESCAPE_LENGTH : 2;
    }

    /**
     * Returns the character, or for a short escape its backslash, because a short escape never represents a surrogate.
     */
    private static char unit(String json, int at, int length) {
        return length == ESCAPE_LENGTH ? (char) Integer.parseInt(json, at + 2, at + length, HEX) : json.charAt(at);
    }
}
