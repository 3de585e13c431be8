package dev.llmspi.examples.show;

/**
 * Cleans text of models and servers for a terminal. It removes what moves the cursor, reorders the line or cannot be
 * seen: control characters, bidirectional controls and characters of zero width. Two kinds of zero-width characters
 * stay where they form an emoji: a variation selector after a visible character, and a joiner between two symbols.
 */
public final class VisibleText {

    private static final int JOINER = 0x200D;

    private StringBuilder clean = new StringBuilder();
    /** The last character that was kept. */
    private int last;
    /** The end of the last part, whose meaning depends on the next one. */
    private String held = "";

    /** Creates a cleaner for a text that arrives in parts. */
    public VisibleText() {}

    /** Returns the text with its line breaks and tabs. */
    public static String of(String text) {
        return new VisibleText().cleaned(text, false);
    }

    /** Returns the text on one line, with a space for each run of control characters. */
    public static String line(String text) {
        return new VisibleText().cleaned(text, true).strip();
    }

    /**
     * Returns the next part of the text with its line breaks and tabs. A joiner or half a character at its end is
     * returned with the part after it.
     */
    public String next(String part) {
        String text = held.isEmpty() ? part : held + part;
        int end = text.length();
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        if (end > 0 && text.charAt(end - 1) == JOINER) {
            end--;
        }
        held = text.substring(end);
        return cleaned(text.substring(0, end), false);
    }

    private String cleaned(String text, boolean oneLine) {
        clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean control = Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
            if (control && oneLine) {
                if (last != ' ') {
                    keep(' ');
                }
            } else if (control ? c == '\n' || c == '\t' : isShown(c, text, i)) {
                keep(c);
            }
        }
        return clean.toString();
    }

    private void keep(int c) {
        clean.appendCodePoint(c);
        last = c;
    }

    private boolean isShown(int c, String text, int next) {
        if (c == JOINER) {
            return isEmojiPart(last) && next < text.length() && isSymbol(text.codePointAt(next));
        }
        if (isSelector(c)) {
            return last != 0 && !isSelector(last) && !Character.isWhitespace(last);
        }
        return !isInvisible(c);
    }

    private static boolean isInvisible(int c) {
        return Character.getType(c) == Character.FORMAT && !isVisibleFormat(c)
                || c == 0x034F // combining grapheme joiner
                || c == 0x115F // Hangul fillers
                || c == 0x1160
                || c == 0x3164
                || c == 0xFFA0
                || c == 0x17B4 // Khmer inherent vowels
                || c == 0x17B5
                || c == 0x2065 // reserved among the format characters
                || c >= 0x180B && c <= 0x180F // Mongolian selectors
                || c >= 0xFE00 && c <= 0xFE0D // variation selectors for other characters than emoji
                || c >= 0xE0000 && c <= 0xE0FFF; // tags and more selectors
    }

    /** The signs that Arabic, Syriac and Kaithi write around numbers are format characters, but visible. */
    private static boolean isVisibleFormat(int c) {
        return c >= 0x0600 && c <= 0x0605
                || c == 0x06DD
                || c == 0x070F
                || c >= 0x0890 && c <= 0x0891
                || c == 0x08E2
                || c == 0x110BD
                || c == 0x110CD;
    }

    private static boolean isSelector(int c) {
        return c == 0xFE0E || c == 0xFE0F;
    }

    private static boolean isEmojiPart(int c) {
        return isSymbol(c) || isSelector(c);
    }

    private static boolean isSymbol(int c) {
        return Character.getType(c) == Character.OTHER_SYMBOL
                || c >= 0x1F000 && c <= 0x1FAFF
                || c == 0x2194 // the arrows of "head shaking" emoji are mathematical symbols
                || c == 0x2195
                || c == 0x27A1;
    }
}
