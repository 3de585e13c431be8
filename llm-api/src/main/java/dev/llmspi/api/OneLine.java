package dev.llmspi.api;

/** Sanitises third-party text for a single line of output, so that it can neither break the line nor flood a log. */
final class OneLine {

    private static final int LIMIT = 4 * 1024;

    private OneLine() {}

    /**
     * Returns the text, cut to at most 4096 characters, with spaces in place of line breaks and other control
     * characters, and question marks in place of bidirectional controls and other invisible format characters.
     */
    static String of(String text) {
        String cut = text.length() > LIMIT ? text.substring(0, LIMIT - 1) + "…" : text;
        return isPlain(cut) ? cut : cleaned(cut);
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** Returns whether a text contains line breaks or other control characters. */
    static boolean isBroken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (breaks(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static String cleaned(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c ->
                        line.appendCodePoint(breaks(c) ? ' ' : Character.getType(c) == Character.FORMAT ? '?' : c));
        return line.toString();
    }

    private static boolean breaks(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }
}
