package dev.llmspi.openai.wire;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** The forms in which servers repeat a prompt in an error message. */
enum PromptEncoding {
    PLAIN(text -> text),
    JSON(PromptEncoding::json),
    JSON_TWICE(text -> json(json(text))),
    JSON_ASCII(text -> units(json(text).replace("/", "\\/"), c -> c < 0x80, c -> String.format("\\u%04x", c))),
    JSON_OF_HTML_SIGNS(text -> units(json(text), c -> "<>&'".indexOf(c) < 0, c -> String.format("\\u%04X", c))),
    PYTHON_TEXT(text -> "'" + json(text).replace("\\\"", "\"").replace("'", "\\'") + "'"),
    PYTHON_ASCII(text -> units(json(text), c -> c < 0x80, c -> String.format(c < 0x100 ? "\\x%02x" : "\\u%04x", c))),
    PYTHON_BYTES(text -> "b'" + bytes(json(text), c -> c < 0x80, c -> String.format("\\x%02x", c)) + "'"),
    OCTAL_BYTES(text -> bytes(json(text), c -> c < 0x80, c -> "\\" + Integer.toOctalString(c))),
    JAVASCRIPT(text -> codePoints(json(text), c -> c < 0x80, c -> String.format("\\u{%x}", c))),
    ALL_ESCAPED(text -> units(text, c -> false, c -> String.format("\\u%04x", c))),
    ALL_HEX_ESCAPED(text -> bytes(text, c -> false, c -> String.format("\\x%02X", c))),
    HTML(PromptEncoding::html),
    HTML_TWICE(text -> html(html(text))),
    HTML_DECIMAL(text -> codePoints(html(text), c -> c < 0x80, c -> "&#" + c + ";")),
    HTML_ALL_HEX(text -> codePoints(text, c -> false, c -> String.format("&#x%X;", c))),
    HTML_NAMED(text -> codePoints(
            html(text),
            c -> c < 0x80,
            c -> c == 'é' ? "&eacute;" : c == 'ü' ? "&uuml;" : c == 'ç' ? "&ccedil;" : "&#" + c + ";")),
    PERCENT(text -> bytes(text, PromptEncoding::isUnreserved, c -> String.format("%%%02X", c))),
    PERCENT_TWICE(text -> PERCENT.of(PERCENT.of(text))),
    PERCENT_OF_JSON(text -> PERCENT.of(json(text))),
    FORM(text -> PERCENT.of(text).replace("%20", "+")),
    QUOTED_PRINTABLE(text -> bytes(text, c -> c < 0x80 && c != '=', c -> String.format("=%02X", c))),
    JOINED(text -> text.replaceAll("\\s+", " ")),
    WINDOWS_LINES(text -> text.strip().replaceAll("[ \t]*\n[ \t]*", "\r\n    ")),
    NO_BLANKS(text -> text.replaceAll("\\s+", "")),
    CUT_START(text -> "…" + text.substring(text.length() / 3)),
    CUT_MIDDLE(text -> text.substring(0, text.length() / 2 - 8) + " ... " + text.substring(text.length() / 2 + 8)),
    CUT_JSON(text -> {
        String json = json(text);
        return json.substring(json.length() / 5) + "... [truncated]";
    }),
    UPPER_CASE(text -> text.toUpperCase(Locale.ROOT)),
    LOWER_CASE(text -> text.toLowerCase(Locale.ROOT)),
    QUOTED_LINES(text -> text.replaceAll("(?m)^", "> ")),
    NUMBERED_LINES(text -> numbered(text, ": ")),
    NUMBERED_AND_JOINED(text -> numbered(text, ") ").replace('\n', ' ')),
    MARKDOWN_LIST(text -> text.replaceAll("(?m)^", "- **").replaceAll("(?m)$", "**")),
    BACKSLASH_LINES(text -> text.replace("\n", "\\\n")),
    BASE64(text -> base64(text)),
    BASE64_SHIFTED_ONCE(text -> base64("x" + text)),
    BASE64_CUT(text -> base64(text).substring(6)),
    HEX(text -> HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8))),
    DECOMPOSED(text -> Normalizer.normalize(text, Normalizer.Form.NFD)),
    COMPOSED(text -> Normalizer.normalize(text, Normalizer.Form.NFC)),
    READ_AS_LATIN_1(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)),
    REPLACED(text -> units(text, c -> c < 0x80, c -> "\uFFFD"));

    private final UnaryOperator<String> encoding;

    PromptEncoding(UnaryOperator<String> encoding) {
        this.encoding = encoding;
    }

    String of(String text) {
        return encoding.apply(text);
    }

    /** Whether a character stays as it is. */
    private interface Plain {
        boolean test(int c);
    }

    private static String json(String text) {
        String quoted = JsonWriter.text(text);
        return quoted.substring(1, quoted.length() - 1);
    }

    private static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String numbered(String text, String after) {
        StringBuilder lines = new StringBuilder();
        int number = 1;
        for (String line : text.split("\n", -1)) {
            lines.append(number++).append(after).append(line).append('\n');
        }
        return lines.toString();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_.~".indexOf(c) >= 0;
    }

    private static String units(String text, Plain plain, IntFunction<String> escape) {
        return escaped(text.chars().toArray(), plain, escape);
    }

    private static String codePoints(String text, Plain plain, IntFunction<String> escape) {
        return escaped(text.codePoints().toArray(), plain, escape);
    }

    private static String bytes(String text, Plain plain, IntFunction<String> escape) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] values = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            values[i] = bytes[i] & 0xFF;
        }
        return escaped(values, plain, escape);
    }

    private static String escaped(int[] characters, Plain plain, IntFunction<String> escape) {
        StringBuilder result = new StringBuilder();
        for (int c : characters) {
            if (plain.test(c)) {
                result.appendCodePoint(c);
            } else {
                result.append(escape.apply(c));
            }
        }
        return result.toString();
    }
}
