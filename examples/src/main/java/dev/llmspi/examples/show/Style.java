package dev.llmspi.examples.show;

/**
 * The capabilities of an output, which determine whether colour and line-drawing characters are used.
 *
 * @param colour whether the output understands escape sequences
 * @param unicode whether the output can show non-ASCII characters
 */
public record Style(boolean colour, boolean unicode) {

    /** The style for files and pipes, which is plain ASCII without colour. */
    public static final Style PLAIN = new Style(false, false);

    public String bold(String text) {
        return paint("1", text);
    }

    public String dim(String text) {
        return paint("2", text);
    }

    public String red(String text) {
        return paint("31", text);
    }

    public String green(String text) {
        return paint("32", text);
    }

    public String yellow(String text) {
        return paint("33", text);
    }

    public String cyan(String text) {
        return paint("36", text);
    }

    String success() {
        return unicode ? "✓" : "+";
    }

    String failure() {
        return unicode ? "✗" : "x";
    }

    String passedOver() {
        return unicode ? "–" : "-";
    }

    String pause() {
        return unicode ? "┊" : ":";
    }

    String next() {
        return unicode ? "↓" : "v";
    }

    /** Truncates text to a number of characters and marks the place where it was cut. */
    public String cut(String text, int width) {
        if (text.codePointCount(0, text.length()) <= width) {
            return text;
        }
        String mark = unicode ? "…" : "...";
        int keep = Math.max(0, width - mark.length());
        return text.substring(0, text.offsetByCodePoints(0, keep)).stripTrailing() + mark;
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
