package dev.llmspi.api.spi;

import org.jspecify.annotations.Nullable;

/**
 * Validates HTTP headers according to RFC 9110 section 5, except that it does not allow obs-text. Error messages never
 * contain a header's value. It also limits the lengths of names and values.
 */
public final class HeaderRules {

    /**
     * The largest length of a header value, a key or a label, in characters. Servers accept less, most of them 8 KiB.
     */
    public static final int LONGEST = 32 * 1024;

    /** The largest length of a header name and of an id, in characters. */
    public static final int LONGEST_NAME = 4 * 1024;

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private HeaderRules() {}

    /**
     * Returns a description of the problem with a header, or null if there is none. The description contains the
     * header's name but never its value.
     */
    public static @Nullable String problem(String name, String value) {
        if (name.length() > LONGEST_NAME) {
            return "header name \"" + printable(name.substring(0, 20)) + "…\" is longer than " + LONGEST_NAME
                    + " characters";
        }
        if (!isToken(name)) {
            return "header name \"" + printable(name) + "\" must consist of letters, digits and dashes";
        }
        if (value.length() > LONGEST) {
            return "header " + name + ": its value is longer than " + LONGEST + " characters";
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n') {
                return "header " + name + ": its value must not contain line breaks";
            }
            if ((c < ' ' && c != '\t') || c > '~') {
                return "header " + name + ": its value must be printable ASCII; encode other characters";
            }
        }
        return null;
    }

    /**
     * Returns a value unless it is too long.
     *
     * @param what the name of the value in the error
     * @param longest the most characters that are allowed
     * @throws IllegalArgumentException if the value is longer
     */
    public static String bounded(String what, String value, int longest) {
        if (value.length() > longest) {
            throw new IllegalArgumentException(what + " is longer than " + longest + " characters");
        }
        return value;
    }

    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isTokenChar(name.charAt(i))) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isTokenChar(char c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c < 128 && TOKEN_MARKS.indexOf(c) >= 0);
    }

    private static String printable(String name) {
        return name.replaceAll("[^ -~]", "?");
    }
}
