package dev.llmspi.openai.wire;

import java.text.Normalizer;

/**
 * The characters by which a text is recognised in any form: letters and digits without case, accents, blanks and
 * escapes. Its arrays are reused for the next text. Not thread-safe.
 */
final class Skeleton {

    /** Separates texts that are searched together. No piece of a prompt contains it. */
    static final char SEPARATOR = '\uFFFF';

    /** The characters that a skeleton contains. */
    enum Kind {
        LETTERS_AND_DIGITS,
        /** ASCII letters and digits. Used for texts whose other characters were damaged. */
        ASCII,
        /** Letters, digits and the signs that encodings retain. Used for texts with few letters, such as tables. */
        VISIBLE
    }

    private static final char ESCAPE = 1;
    private static final String CHANGED_SIGNS = "\"'`\\&%+>";
    private static final String CHANGED_LATE_SIGNS = "\u2018\u2019\u201A\u201C\u201D\u201E\u00AB\u00BB\u2026\uFFFD";

    private final Kind kind;
    private final char[] ascii = new char[0x80];
    /** The folded characters in pages of 256, each of which is computed when it is first needed. */
    private final char[][] pages = new char[0x100][];

    private final EscapeDecoder decoder = new EscapeDecoder();

    private char[] chars = {};
    private int[] begins = {};
    private int[] ends = {};
    private int length;

    Skeleton(Kind kind) {
        this.kind = kind;
        for (char c = 0; c < 0x80; c++) {
            boolean letter = Character.isLetterOrDigit(c);
            boolean sign = kind == Kind.VISIBLE && c > ' ' && c < 0x7F && CHANGED_SIGNS.indexOf(c) < 0;
            ascii[c] = letter || sign ? Character.toLowerCase(c) : 0;
        }
        ascii['\\'] = ascii['&'] = ascii['%'] = ESCAPE;
    }

    int length() {
        return length;
    }

    /** Returns the array of the characters, which is valid until the next text is read. */
    char[] chars() {
        return chars;
    }

    /** Returns the index in the text at which a character begins. */
    int begin(int i) {
        return begins[i];
    }

    int end(int i) {
        return ends[i];
    }

    /** Reads texts of a server, which may contain separators. */
    void readSeparated(String texts) {
        read(texts.toCharArray(), texts.length(), true);
    }

    /** Reads a prompt. The character that separates texts is left out. */
    void read(String prompt) {
        read(prompt.toCharArray(), prompt.length(), false);
    }

    void read(char[] prompt, int end) {
        read(prompt, end, false);
    }

    private void read(char[] text, int end, boolean separated) {
        if (chars.length <= end) {
            chars = new char[end + 1];
            begins = new int[end + 1];
            ends = new int[end + 1];
        }
        decoder.reset(text, end);
        int count = 0;
        for (int i = 0; i < end; ) {
            char c = text[i];
            char folded = c < 0x80 ? ascii[c] : ESCAPE;
            int next = i + 1;
            if (folded == ESCAPE) {
                folded = fold(decoder.read(i));
                next = decoder.next();
                if (folded == SEPARATOR && (!separated || next > i + 1)) {
                    folded = 0; // also an escape in a server's text, which repeats one of the prompt
                }
            }
            chars[count] = folded;
            begins[count] = i;
            ends[count] = next;
            count += folded == 0 ? 0 : 1;
            i = next;
        }
        length = count;
    }

    private char fold(int point) {
        if (point < 0x80) {
            return ascii[point] == ESCAPE ? 0 : ascii[point];
        }
        if (point > 0xFFFF) {
            return kind == Kind.ASCII ? 0 : Character.lowSurrogate(point);
        }
        char[] page = pages[point >> 8];
        if (page == null) {
            pages[point >> 8] = page = page(point & 0xFF00);
        }
        return page[point & 0xFF];
    }

    private char[] page(int first) {
        char[] page = new char[0x100];
        for (int i = 0; i < page.length; i++) {
            page[i] = folded((char) (first + i));
        }
        return page;
    }

    /** Returns the character without its accents and case; 0 if a skeleton does not contain it. */
    private char folded(char c) {
        if (c == SEPARATOR || kind == Kind.ASCII) {
            return c == SEPARATOR ? c : 0;
        }
        if (Character.isLowSurrogate(c) || Character.isIdeographic(c)) {
            return c;
        }
        if (c >= '\uAC00' && c <= '\uD7A3') { // only the first letter of a Korean syllable, which is always the same
            return (char) (0x1100 + (c - 0xAC00) / 588);
        }
        if (Character.isHighSurrogate(c) || c >= '\u1160' && c <= '\u11FF') {
            return 0;
        }
        String plain = Normalizer.normalize(String.valueOf(c), Normalizer.Form.NFKD);
        char first = plain.isEmpty() ? c : Character.toLowerCase(Character.toUpperCase(plain.charAt(0)));
        if (Character.isLetterOrDigit(first)) {
            return first;
        }
        return kind == Kind.VISIBLE && isSign(c) && CHANGED_LATE_SIGNS.indexOf(c) < 0 ? c : 0;
    }

    private static boolean isSign(char c) {
        return switch (Character.getType(c)) {
            case Character.MATH_SYMBOL,
                    Character.CURRENCY_SYMBOL,
                    Character.OTHER_SYMBOL,
                    Character.OTHER_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION -> true;
            default -> false;
        };
    }
}
