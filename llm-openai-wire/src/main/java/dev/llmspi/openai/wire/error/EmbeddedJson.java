package dev.llmspi.openai.wire.error;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Extracts the JSON inside a message. Gateways quote the error from their upstream server as plain JSON, as JSON with
 * escaped quotes, as Python bytes {@code b'…'}, or as a Python dictionary with single quotes.
 */
public final class EmbeddedJson {

    /** The maximum number of opening brackets at which JSON is tried. Only one is tried in a long text. */
    private static final int TRIED = 4;
    /** The maximum length of a text, in characters. Longer texts are not searched. */
    private static final int LONGEST = 64 * 1024;
    /** The maximum number of characters that are searched for the start of JSON. */
    private static final int SEARCHED = 8 * 1024;
    /** The maximum length, in characters, of JSON that must be converted to plain JSON before it can be parsed. */
    private static final int REWRITTEN = 8 * 1024;

    /** The maximum number of blanks after an opening bracket. */
    private static final int MOST_BLANKS = 256;

    private final JsonText json;
    private final List<Object> values = new ArrayList<>(1);
    private final String words;

    private EmbeddedJson(String text, JsonText json) {
        this.json = json;
        StringBuilder rest = new StringBuilder();
        int from = 0;
        int tried = 0;
        int most = text.length() > LONGEST ? 0 : text.length() > SEARCHED ? 1 : TRIED;
        for (int i = 0; i < Math.min(text.length(), SEARCHED) && tried < most; i++) {
            if (!mayBegin(text, i)) {
                continue;
            }
            tried++;
            JsonText.Found found = find(text, i);
            if (found != null) {
                values.add(found.value());
                rest.append(text, from, i).append('\n');
                from = found.end();
                i = from - 1;
            }
        }
        words = values.isEmpty()
                ? text
                : rest.append(text, Math.min(from, text.length()), text.length())
                        .toString();
    }

    /** Splits a message into JSON values and the words around them. */
    public static EmbeddedJson of(String text, JsonText json) {
        return new EmbeddedJson(text, json);
    }

    /** Returns the JSON values in order. */
    public List<Object> values() {
        return values;
    }

    /** Returns the message without the JSON values. */
    public String words() {
        return words;
    }

    /** Whether JSON may start at an index. An object starts with a quoted name, and a list starts with an object. */
    private static boolean mayBegin(String text, int at) {
        char bracket = text.charAt(at);
        if (bracket != '{' && bracket != '[') {
            return false;
        }
        int next = at + 1;
        int end = Math.min(text.length(), at + MOST_BLANKS);
        while (next < end && isBlank(text, next)) {
            next += text.charAt(next) == '\\' && text.charAt(next + 1) != '"' ? 2 : 1;
        }
        return next < text.length() && (bracket == '[' ? "{" : "\"'").indexOf(text.charAt(next)) >= 0;
    }

    /**
     * Whether there is a blank at an index. An escape such as {@code \n}, and the backslash before a quote, count as
     * blanks.
     */
    private static boolean isBlank(String text, int at) {
        return Character.isWhitespace(text.charAt(at))
                || text.charAt(at) == '\\' && at + 1 < text.length() && "nrt\"\\".indexOf(text.charAt(at + 1)) >= 0;
    }

    private JsonText.@Nullable Found find(String text, int start) {
        JsonText.Found plain = json.at(text, start);
        if (plain != null) {
            return plain;
        }
        int end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
        if (end <= start || end - start > REWRITTEN) {
            return null;
        }
        String rest = text.substring(start, end);
        String unescaped = rest.indexOf('\\') < 0 ? rest : unescaped(rest);
        JsonText.Found found = json.at(unescaped, 0);
        found = found != null ? found : json.at(doubleQuoted(rest), 0);
        return found == null ? null : new JsonText.Found(found.value(), end);
    }

    /** Removes one level of backslash escapes. */
    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                plain.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            switch (escaped) {
                case 'n', 'r', 't' -> plain.append(' ');
                case '"', '\'', '\\', '/' -> plain.append(escaped);
                default -> plain.append(c).append(escaped);
            }
        }
        return plain.toString();
    }

    /** Converts Python's single quotes and literals to JSON. */
    private static String doubleQuoted(String text) {
        StringBuilder result = new StringBuilder(text.length());
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
                result.append('"');
            } else if (quote == 0) {
                i = appendWord(text, i, result);
            } else if (c == quote) {
                quote = 0;
                result.append('"');
            } else if (c == '\\' && i + 1 < text.length()) {
                char escaped = text.charAt(++i);
                result.append(escaped == '\'' ? "'" : "\\" + escaped);
            } else {
                result.append(c == '"' ? "\\\"" : String.valueOf(c));
            }
        }
        return result.toString();
    }

    /**
     * Appends the character at an index, or the JSON form of the Python literal that starts there.
     *
     * @return the index of the last character that was read
     */
    private static int appendWord(String text, int at, StringBuilder result) {
        String[][] words = {{"None", "null"}, {"True", "true"}, {"False", "false"}};
        for (String[] word : words) {
            if (text.startsWith(word[0], at)) {
                result.append(word[1]);
                return at + word[0].length() - 1;
            }
        }
        result.append(text.charAt(at));
        return at;
    }
}
