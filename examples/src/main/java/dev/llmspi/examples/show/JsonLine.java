package dev.llmspi.examples.show;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes a value as one line of ASCII JSON. Supported types are maps, iterables, strings, numbers, booleans and
 * optionals (null if empty).
 *
 * <p>This class does not use Jackson, because the jars in lib/ take precedence over those in providers/. A Jackson jar
 * in lib/ would replace the version that a provider jar needs.
 */
public final class JsonLine {

    private final StringBuilder line = new StringBuilder();

    private JsonLine() {}

    public static String of(@Nullable Object value) {
        JsonLine json = new JsonLine();
        json.write(value);
        return json.line.toString();
    }

    /** Returns a JSON object that is built from alternating names and values. Their order is kept. */
    public static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    private void write(@Nullable Object value) {
        if (value == null) {
            line.append("null");
        } else if (value instanceof Optional<?> optional) {
            write(optional.orElse(null));
        } else if (value instanceof OptionalLong optional) {
            write(optional.isPresent() ? optional.getAsLong() : null);
        } else if (value instanceof OptionalInt optional) {
            write(optional.isPresent() ? optional.getAsInt() : null);
        } else if (value instanceof Map<?, ?> map) {
            writeObject(map);
        } else if (value instanceof Iterable<?> list) {
            writeArray(list);
        } else if (value instanceof BigDecimal number) {
            line.append(number.toPlainString());
        } else if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
            line.append(value);
        } else {
            writeText(value.toString());
        }
    }

    private void writeObject(Map<?, ?> map) {
        line.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            line.append(separator);
            writeText(String.valueOf(entry.getKey()));
            line.append(':');
            write(entry.getValue());
            separator = ",";
        }
        line.append('}');
    }

    private void writeArray(Iterable<?> list) {
        line.append('[');
        String separator = "";
        for (Object item : list) {
            line.append(separator);
            write(item);
            separator = ",";
        }
        line.append(']');
    }

    private void writeText(String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' ' || c > '~') {
                        line.append(String.format("\\u%04x", (int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
