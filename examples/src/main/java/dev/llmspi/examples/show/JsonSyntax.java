package dev.llmspi.examples.show;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks whether a text is a JSON object, and says where it is not. It does not keep any values. */
public final class JsonSyntax {

    private static final int DEEPEST = 500;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");
    private static final Pattern ESCAPE = Pattern.compile("\\\\([\"\\\\/bfnrt]|u[0-9a-fA-F]{4})");
    private static final Pattern WORD = Pattern.compile("true|false|null");

    /** Thrown at the first fault. */
    private static final class Fault extends Exception {
        private static final long serialVersionUID = 1;

        Fault(String message) {
            super(message, null, false, false);
        }
    }

    private final String text;
    private int at;
    private int depth;

    private JsonSyntax(String text) {
        this.text = text;
    }

    /** Returns the first fault with its line and column, or empty if the text is one JSON object. */
    public static Optional<String> faultInObject(String text) {
        JsonSyntax json = new JsonSyntax(text);
        try {
            json.skipBlanks();
            if (json.peek() != '{') {
                return Optional.of(json.place("{ is missing"));
            }
            json.value();
            json.skipBlanks();
            return json.at < text.length() ? Optional.of(json.place("text after the end")) : Optional.empty();
        } catch (Fault fault) {
            return Optional.of(json.place(String.valueOf(fault.getMessage())));
        }
    }

    private String place(String fault) {
        String before = text.substring(0, at);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int column = at - before.lastIndexOf('\n');
        return "line " + line + ", column " + column + ": " + fault;
    }

    private void value() throws Fault {
        skipBlanks();
        switch (peek()) {
            case '{' -> members('}', true);
            case '[' -> members(']', false);
            case '"' -> string();
            default -> {
                if (!find(WORD) && !find(NUMBER)) {
                    throw new Fault("a value is missing");
                }
            }
        }
    }

    /** Reads the members of an object or the items of an array. */
    private void members(char end, boolean named) throws Fault {
        if (++depth > DEEPEST) {
            throw new Fault("too many levels");
        }
        at++;
        skipBlanks();
        if (peek() != end) {
            while (true) {
                if (named) {
                    skipBlanks();
                    expect('"', "a name in quotes is missing");
                    at--;
                    string();
                    skipBlanks();
                    expect(':', ": is missing");
                }
                value();
                skipBlanks();
                if (peek() != ',') {
                    break;
                }
                at++;
            }
            if (peek() != end) {
                throw new Fault(", or " + end + " is missing");
            }
        }
        at++;
        depth--;
    }

    /** Reads a text with its quotes. A regular expression would need a deep stack for a long text. */
    private void string() throws Fault {
        at++;
        while (peek() != '"') {
            if (peek() == '\\') {
                if (!find(ESCAPE)) {
                    throw new Fault("a wrong escape");
                }
            } else if (peek() < ' ') {
                throw new Fault("a text has no closing quote on its line");
            } else {
                at++;
            }
        }
        at++;
    }

    private void expect(char c, String fault) throws Fault {
        if (peek() != c) {
            throw new Fault(fault);
        }
        at++;
    }

    private boolean find(Pattern form) {
        Matcher token = form.matcher(text).region(at, text.length());
        boolean found = token.lookingAt();
        at = found ? token.end() : at;
        return found;
    }

    /** Returns the next character, or 0 at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
