package dev.llmspi.it.conversation;

import dev.llmspi.it.field.JsonText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parts of JSON that {@link JsonText} has read, and JSON written as servers write it. */
final class JsonParts {

    private JsonParts() {}

    /** Reads an object. */
    @SuppressWarnings("unchecked") // the names of members are texts
    static Map<String, @Nullable Object> object(String text) {
        Object value = JsonText.read(text);
        if (!(value instanceof Map)) {
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
}
