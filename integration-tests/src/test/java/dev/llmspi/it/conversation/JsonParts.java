package dev.llmspi.it.conversation;

import dev.llmspi.it.field.JsonText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads parts of JSON values parsed by {@link JsonText}, and writes JSON in the way that servers do. */
final class JsonParts {

    private JsonParts() {}

    @SuppressWarnings("unchecked") // JSON names are strings
    static Map<String, @Nullable Object> object(String text) {
        Object value = JsonText.read(text);
        if (!(value instanceof Map)) {
            throw new IllegalArgumentException("no JSON object");
        }
        return (Map<String, @Nullable Object>) value;
    }

    /** Returns the objects in the list with that name, or an empty list if there is none. */
    @SuppressWarnings("unchecked") // JSON member names are strings
    static List<Map<String, @Nullable Object>> objects(Map<String, ? extends @Nullable Object> object, String name) {
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        if (object.get(name) instanceof List<?> list) {
            list.forEach(element -> objects.add((Map<String, @Nullable Object>) element));
        }
        return objects;
    }

    /** Returns the object with that name, or an empty object if there is none. */
    @SuppressWarnings("unchecked") // JSON member names are strings
    static Map<String, @Nullable Object> object(Map<String, ? extends @Nullable Object> object, String name) {
        return object.get(name) instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    /** Returns the string with that name, or {@code ""} if there is none. */
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

    /** Writes a JSON string. Like servers that protect HTML, it escapes more characters than JSON requires. */
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
}
