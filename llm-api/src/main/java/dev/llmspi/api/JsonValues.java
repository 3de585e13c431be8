package dev.llmspi.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Creates unmodifiable deep copies of JSON values and keeps the order of their members. */
final class JsonValues {

    private JsonValues() {}

    static Map<String, Object> copy(Map<String, ?> object) {
        if (object.isEmpty()) {
            return Collections.emptyMap();
        }
        Map<String, Object> copied = new LinkedHashMap<>();
        object.forEach((name, value) -> copied.put(name, copyOf(value)));
        return Collections.unmodifiableMap(copied);
    }

    static Map<String, String> copyTexts(Map<String, String> texts) {
        return texts.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    static Object copyOf(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copied = new LinkedHashMap<>();
            map.forEach((name, inner) -> copied.put(String.valueOf(name), copyOf(inner)));
            return Collections.unmodifiableMap(copied);
        }
        if (value instanceof List<?> list) {
            List<Object> copied = new ArrayList<>(list.size());
            list.forEach(inner -> copied.add(copyOf(inner)));
            return Collections.unmodifiableList(copied);
        }
        return value;
    }
}
