package dev.llmspi.api;

/** Text of others within a line of ours: it can neither end the line nor fill a log. */
final class OneLine {

    private static final int LIMIT = 4 * 1024;

    private OneLine() {}

    /** The text with a blank for every character that could end a line or steer a terminal, cut at 4 KiB. */
    static String of(String text) {
        String cut = text.length() > LIMIT ? text.substring(0, LIMIT - 1) + "…" : text;
        return isBroken(cut) ? cleaned(cut) : cut;
    }

    /** Whether a text holds such a character. */
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
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            line.append(breaks(c) ? ' ' : c);
        }
        return line.toString();
    }

    private static boolean breaks(char c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }
}
