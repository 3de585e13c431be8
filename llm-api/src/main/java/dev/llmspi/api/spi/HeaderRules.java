package dev.llmspi.api.spi;

import org.jspecify.annotations.Nullable;

/** What may stand in an HTTP header (RFC 9110 section 5, without obs-text). Nothing here ever shows a value. */
public final class HeaderRules {

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private HeaderRules() {}

    /** What is wrong with a header, naming it without its value; null if nothing is. */
    public static @Nullable String problem(String name, String value) {
        if (!isToken(name)) {
            return "header name \"" + printable(name) + "\" must consist of letters, digits and dashes";
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
