package dev.llmspi.openai.wire;

import java.util.Locale;

/**
 * Reads a text one character at a time and decodes the escapes of JSON, Python, JavaScript, HTML and URLs, and UTF-8
 * that was read as Latin-1. An escape that was escaped again counts as one escape, so a text and its encoded form
 * result in the same characters, however often it was encoded. Not thread-safe.
 */
final class EscapeDecoder {

    /** The characters of Windows-1252 for the bytes 0x80 to 0x9F. */
    private static final String WINDOWS_1252 = "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160"
            + "\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A"
            + "\u0153\u009D\u017E\u0178";

    private static final int LONGEST_ENTITY = 32;

    private char[] text = {};
    private int end;
    private int next;

    /** Sets the text to read. The array is not copied. */
    void reset(char[] newText, int newEnd) {
        this.text = newText;
        this.end = newEnd;
    }

    /** Returns the index after the character that was read last. */
    int next() {
        return next;
    }

    /** Returns the code point at an index. An escape without a visible character results in a blank. */
    int read(int at) {
        int first = unit(at);
        if (first < 0xC2 || first > 0xF4) {
            return first;
        }
        int after = next;
        int more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        int point = first & 0x3F >> more;
        for (int i = 0; i < more; i++) {
            int bits = next < end ? continuation(unit(next)) : -1;
            if (bits < 0) {
                next = after;
                return first;
            }
            point = point << 6 | bits;
        }
        if (!Character.isValidCodePoint(point)) {
            next = after;
            return first;
        }
        return point;
    }

    /** Returns the six bits of a continuation byte of UTF-8; -1 if the character does not stand for such a byte. */
    private static int continuation(int c) {
        int value = c > 0xFF ? 0x80 + WINDOWS_1252.indexOf(c) : c;
        return value >= 0x80 && value < 0xC0 && c > 0x7F ? value & 0x3F : -1;
    }

    private int unit(int at) {
        next = at + 1;
        char c = text[at];
        return switch (c) {
            case '\\' -> backslash(at);
            case '&' -> entity(at);
            case '%' -> percent(at);
            default -> c;
        };
    }

    private int backslash(int at) {
        int i = at + 1;
        while (i < end && text[i] == '\\') {
            i++;
        }
        next = i;
        if (i == end) {
            return '\\';
        }
        int value =
                switch (text[i]) {
                    case 'n', 'r', 't', 'b', 'f', 'v', 'N', 'R', 'T', 'B', 'F', 'V' -> taken(i + 1, ' ');
                    case '"', '\'', '/' -> taken(i + 1, text[i]);
                    case 'x', 'X' -> numbered(i + 1, 2);
                    case 'u' -> numbered(i + 1, 4);
                    case 'U' -> numbered(i + 1, number(i + 1, 3, 16) == 0 ? 8 : 4); // the short form may be upper-cased
                    case '0', '1', '2', '3' -> taken(i + 3, number(i, 3, 8));
                    default -> -1;
                };
        return value < 0 ? '\\' : value;
    }

    private int taken(int newNext, int value) {
        if (value >= 0) {
            next = newNext;
        }
        return value;
    }

    /** Reads the hexadecimal number of an escape, which has a fixed length or is in braces. */
    private int numbered(int from, int length) {
        if (from >= end || text[from] != '{') {
            return taken(from + length, number(from, length, 16));
        }
        int close = from + 1;
        while (close < end && close < from + 9 && text[close] != '}') {
            close++;
        }
        return close < end && text[close] == '}' ? taken(close + 1, number(from + 1, close - from - 1, 16)) : -1;
    }

    /** Returns the number with exactly this many digits; -1 if there is none, or if it is not a code point. */
    private int number(int from, int length, int radix) {
        if (length == 0 || from + length > end) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < from + length; i++) {
            int digit = text[i] < 0x80 ? Character.digit(text[i], radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value <= Character.MAX_CODE_POINT ? (int) value : -1;
    }

    private int entity(int at) {
        int i = at + 1;
        while (i + 4 <= end && text[i + 3] == ';' && (text[i] | ' ') == 'a' && isNamed(i, "amp")) {
            i += 4;
        }
        next = i;
        int close = i;
        while (close < end && close < i + LONGEST_ENTITY && isNameChar(text[close])) {
            close++;
        }
        if (close == end || text[close] != ';' || close < i + 2) {
            return '&';
        }
        int value;
        if (text[i] != '#') {
            value = named(new String(text, i, close - i).toLowerCase(Locale.ROOT));
        } else if ((text[i + 1] | ' ') == 'x') {
            value = number(i + 2, Math.min(close - i - 2, 9), 16);
        } else {
            value = number(i + 1, Math.min(close - i - 1, 9), 10);
        }
        next = value < 0 ? next : close + 1;
        return value < 0 ? '&' : value;
    }

    private boolean isNamed(int from, String name) {
        for (int i = 0; i < name.length(); i++) {
            if ((text[from + i] | ' ') != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNameChar(char c) {
        return c == '#' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /** Returns the character of a named entity, without its accent; a blank for a sign. */
    private static int named(String name) {
        return switch (name) {
            case "lt" -> '<';
            case "gt" -> '>';
            case "quot" -> '"';
            case "apos" -> '\'';
            case "szlig" -> 'ß';
            case "aelig" -> 'æ';
            case "oelig" -> 'œ';
            case "oslash" -> 'ø';
            case "eth" -> 'ð';
            case "thorn" -> 'þ';
            default ->
                name.matches("[a-z](?:acute|grave|circ|tilde|uml|cedil|ring|caron)") && !name.equals("acute")
                        ? name.charAt(0)
                        : ' ';
        };
    }

    private int percent(int at) {
        int i = at + 1;
        while (i + 2 <= end && text[i] == '2' && text[i + 1] == '5') {
            i += 2;
        }
        next = i;
        int value = i < end && text[i] == 'u' ? taken(i + 5, number(i + 1, 4, 16)) : taken(i + 2, number(i, 2, 16));
        return value < 0 ? '%' : value;
    }
}
