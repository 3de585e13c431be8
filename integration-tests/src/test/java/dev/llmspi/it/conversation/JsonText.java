package dev.llmspi.it.conversation;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as maps, lists and texts. All numbers are read as BigDecimal, so that equal values are equal objects. */
final class JsonText {

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /** Reads an object. */
    @SuppressWarnings("unchecked") // the names of members are texts
    static Map<String, @Nullable Object> object(String text) {
        JsonText json = new JsonText(text);
        Object value = json.value();
        json.skipBlanks();
        if (!(value instanceof Map) || json.at < text.length()) {
            throw new IllegalArgumentException("no JSON object");
        }
        return (Map<String, @Nullable Object>) value;
    }

    /** The objects in the list under a name; none if there is no list. */
    @SuppressWarnings("unchecked") // the names of members are texts
    static List<Map<String, @Nullable Object>> objects(Map<String, ? extends @Nullable Object> object, String name) {
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        if (object.get(name) instanceof List<?> list) {
            list.forEach(element -> objects.add((Map<String, @Nullable Object>) element));
        }
        return objects;
    }

    /** The object under a name; an empty one if there is none. */
    @SuppressWarnings("unchecked") // the names of members are texts
    static Map<String, @Nullable Object> object(Map<String, ? extends @Nullable Object> object, String name) {
        return object.get(name) instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    /** The text under a name; {@code ""} if there is none. */
    static String text(Map<String, ? extends @Nullable Object> object, String name) {
        return object.get(name) instanceof String text ? text : "";
    }

    static String write(@Nullable Object value) {
        StringBuilder json = new StringBuilder();
        write(value, json);
        return json.toString();
    }

    private static void write(@Nullable Object value, StringBuilder json) {
        if (value instanceof String string) {
            quote(string, json);
        } else if (value instanceof Map<?, ?> map) {
            json.append('{');
            for (Iterator<? extends Map.Entry<?, ?>> members = map.entrySet().iterator(); members.hasNext(); ) {
                Map.Entry<?, ?> member = members.next();
                quote(String.valueOf(member.getKey()), json);
                write(member.getValue(), json.append(':'));
                json.append(members.hasNext() ? "," : "");
            }
            json.append('}');
        } else if (value instanceof List<?> list) {
            json.append('[');
            for (int i = 0; i < list.size(); i++) {
                write(list.get(i), json.append(i == 0 ? "" : ","));
            }
            json.append(']');
        } else {
            json.append(value);
        }
    }

    /** With more escapes than JSON needs, as servers write them that are careful with HTML. */
    private static void quote(String string, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\' || c == '/') {
                json.append('\\').append(c);
            } else if (c < ' ' || c == '=' || c == '<' || c == '\u2028') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private @Nullable Object value() {
        skipBlanks();
        return switch (text.charAt(at)) {
            case '{' -> members();
            case '[' -> elements();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        take('{');
        while (!taken('}')) {
            if (!members.isEmpty()) {
                take(',');
            }
            skipBlanks();
            String name = string();
            take(':');
            members.put(name, value());
        }
        return members;
    }

    private List<@Nullable Object> elements() {
        List<@Nullable Object> elements = new ArrayList<>();
        take('[');
        while (!taken(']')) {
            if (!elements.isEmpty()) {
                take(',');
            }
            elements.add(value());
        }
        return elements;
    }

    private String string() {
        take('"');
        StringBuilder string = new StringBuilder();
        for (char c; (c = text.charAt(at++)) != '"'; ) {
            string.append(c == '\\' ? escaped() : c);
        }
        return string.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> c;
        };
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw new IllegalArgumentException("no JSON at " + at);
        }
        at += word.length();
        return value;
    }

    private BigDecimal number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return new BigDecimal(text.substring(start, at));
    }

    private boolean taken(char expected) {
        skipBlanks();
        boolean there = at < text.length() && text.charAt(at) == expected;
        at += there ? 1 : 0;
        return there;
    }

    private void take(char expected) {
        if (!taken(expected)) {
            throw new IllegalArgumentException("no JSON: " + expected + " is missing at " + at);
        }
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
