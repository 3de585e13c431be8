package dev.llmspi.openai.wire;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Random JSON values and random spellings of them. Values are maps, lists, strings, numbers, booleans and null. */
final class RandomJson {

    private static final String[] WORDS = {
        "a",
        "city",
        "Zürich",
        "the quick brown fox",
        "😀",
        "\uD83D\uDE80 go",
        "{}",
        "{\"a\":1}",
        "]}",
        "[",
        "\"",
        "\\",
        "\\\\\"",
        "\n",
        "\t\r\n",
        "\b\f",
        "\u0000",
        "\u001F",
        "\u007F",
        "\u2028",
        "\uFEFF",
        "\uFFFD",
        "data: x\n\n",
        "tool_calls",
        "日本語",
        "é",
        "",
        " ",
        "null",
        "\\u0041",
        "/",
        "</script>",
        "\uD834\uDD1E\uD834\uDD1E"
    };
    private static final String[] NAMES = {
        "a",
        "b",
        "city",
        "content",
        "arguments",
        "name",
        "id",
        "index",
        "näme",
        "😀",
        "with \"quotes\"",
        "with\\slash",
        "",
        "delta",
        "text"
    };
    private static final String[] BLANKS = {"", "", "", " ", "  ", "\n", "\t", "\r\n  "};
    private static final String HEX = "0123456789ABCDEF";
    private static final String SHORT = "\"\\\b\f\n\r\t";
    private static final String SHORT_NAMES = "\"\\bfnrt";

    private final RandomGenerator random;

    RandomJson(RandomGenerator random) {
        this.random = random;
    }

    /** Returns an object, sometimes an empty one and rarely a large one. */
    Map<String, @Nullable Object> object() {
        return object(random.nextInt(200) == 0 ? 6 : 3);
    }

    private Map<String, @Nullable Object> object(int depth) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = size(depth); i > 0; i--) {
            object.put(NAMES[random.nextInt(NAMES.length)], value(depth - 1));
        }
        return object;
    }

    private int size(int depth) {
        return random.nextInt(depth > 3 ? 8 : 4);
    }

    /** Returns a value of any type. */
    @Nullable
    Object value() {
        return value(3);
    }

    private @Nullable Object value(int depth) {
        return switch (random.nextInt(depth <= 0 ? 6 : 9)) {
            case 0, 1, 2 -> text();
            case 3 -> number();
            case 4 -> random.nextBoolean();
            case 5 -> null;
            case 6 -> list(depth);
            default -> object(depth);
        };
    }

    List<@Nullable Object> list() {
        return list(3);
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = size(depth); i > 0; i--) {
            list.add(value(depth - 1));
        }
        return list;
    }

    Number number() {
        return switch (random.nextInt(4)) {
            case 0 -> (long) random.nextInt(10);
            case 1 -> random.nextLong();
            case 2 -> new BigDecimal(random.nextInt(-9999, 9999) + ".5");
            default -> random.nextInt(1, 12) * 11L;
        };
    }

    /** Returns a text of some words, rarely a long one. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(100) == 0 ? 300 : 4); i > 0; i--) {
            text.append(WORDS[random.nextInt(WORDS.length)]);
        }
        return text.toString();
    }

    /** Writes a value without whitespace and without unnecessary escapes. */
    static String compact(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out, null);
        return out.toString();
    }

    /** Writes a value with random whitespace and escapes. */
    String wild(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out, random);
        return out.toString();
    }

    private static void write(@Nullable Object value, StringBuilder out, @Nullable RandomGenerator random) {
        if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> member : map.entrySet()) {
                out.append(separator).append(blank(random));
                quote((String) member.getKey(), out, random);
                out.append(blank(random)).append(':').append(blank(random));
                write(member.getValue(), out, random);
                out.append(blank(random));
                separator = ",";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String separator = "[";
            for (Object element : list) {
                out.append(separator).append(blank(random));
                write(element, out, random);
                out.append(blank(random));
                separator = ",";
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof String text) {
            quote(text, out, random);
        } else {
            out.append(value);
        }
    }

    private static String blank(@Nullable RandomGenerator random) {
        return random == null ? "" : BLANKS[random.nextInt(BLANKS.length)];
    }

    /**
     * Returns a text as JSON with random escapes. A lone surrogate is always escaped, because UTF-8 cannot encode it.
     */
    String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        quote(text, out, random);
        return out.toString();
    }

    private static void quote(String text, StringBuilder out, @Nullable RandomGenerator random) {
        // Most texts have only the necessary escapes.
        RandomGenerator more = random != null && random.nextInt(4) == 0 ? random : null;
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            boolean needed = c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c) && !pair;
            boolean wanted = more != null && more.nextInt(4) == 0;
            if (!needed && !wanted) {
                out.append(c);
                if (pair) {
                    out.append(text.charAt(++i));
                }
            } else {
                escape(c, out, wanted);
                if (pair) {
                    escape(text.charAt(++i), out, true);
                }
            }
        }
        out.append('"');
    }

    private static void escape(char c, StringBuilder out, boolean byNumber) {
        int place = SHORT.indexOf(c);
        if (place >= 0 && !byNumber) {
            out.append('\\').append(SHORT_NAMES.charAt(place));
            return;
        }
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            char digit = HEX.charAt(c >> shift & 0xF);
            out.append(byNumber ? Character.toLowerCase(digit) : digit);
        }
    }
}
