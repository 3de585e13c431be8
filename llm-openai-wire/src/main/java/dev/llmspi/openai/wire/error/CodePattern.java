package dev.llmspi.openai.wire.error;

import java.util.Locale;

/**
 * A pattern for error codes. Case is ignored, and a dash is treated like an underscore. An asterisk at the beginning or
 * at the end matches any characters.
 */
record CodePattern(String text, boolean openBefore, boolean openAfter) {

    static CodePattern of(String written) {
        boolean before = written.startsWith("*");
        boolean after = written.endsWith("*");
        if (written.equals("*")) {
            return new CodePattern("", true, true);
        }
        if (written.isEmpty()
                || written.substring(1, Math.max(1, written.length() - 1)).indexOf('*') >= 0) {
            throw new IllegalArgumentException(
                    "\"" + written + "\" is not a code: an asterisk is allowed only at an end");
        }
        String text = written.substring(before ? 1 : 0, written.length() - (after ? 1 : 0));
        return new CodePattern(normal(text), before, after);
    }

    private static String normal(String code) {
        return code.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    boolean matches(String code) {
        String word = normal(code);
        if (openBefore) {
            return openAfter ? word.contains(text) : word.endsWith(text);
        }
        return openAfter ? word.startsWith(text) : word.equals(text);
    }
}
