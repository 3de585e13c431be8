package dev.llmspi.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration layer, which can be combined with other layers by {@link #over}. Mutable.
 *
 * @param values the values, as nested maps
 * @param origins the place where each value was set, by the full path of the value
 */
public record ConfigTree(Map<String, Object> values, Map<String, String> origins) {

    public static ConfigTree empty() {
        return new ConfigTree(new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /**
     * Puts a value at a path and creates missing parent objects. If the value is a map and the path already has an
     * object, the two are merged.
     */
    public void put(List<String> keys, Object value, String origin) {
        Map<String, Object> parent = values;
        StringBuilder path = new StringBuilder();
        for (String key : keys.subList(0, keys.size() - 1)) {
            path.append(quoted(key)).append('.');
            parent = child(parent, key);
        }
        String last = keys.get(keys.size() - 1);
        String full = path + quoted(last);
        origins.put(full, origin);
        if (value instanceof Map<?, ?> map && parent.get(last) instanceof Map<?, ?>) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                put(append(keys, String.valueOf(member.getKey())), member.getValue(), origin);
            }
        } else {
            parent.put(last, copy(value));
            originsBelow(full, value, origin);
        }
    }

    /** Returns a layer with the values of this layer. Values that are missing here are taken from the lower layer. */
    public ConfigTree over(ConfigTree lower) {
        Map<String, String> merged = new LinkedHashMap<>(lower.origins);
        merged.putAll(origins);
        return new ConfigTree(merge(values, lower.values), merged);
    }

    /** Returns the object at a path, or an empty map if there is none. */
    public Map<String, Object> object(String... keys) {
        Map<String, Object> object = values;
        for (String key : keys) {
            if (!(object.get(key) instanceof Map<?, ?>)) {
                return Map.of();
            }
            object = child(object, key);
        }
        return object;
    }

    /** Returns a description without the values, which may be API keys. */
    @Override
    public String toString() {
        return "ConfigTree" + origins.keySet();
    }

    /** Returns the place where a value was set, or {@code ""} if it is unknown. */
    public String origin(String path) {
        return origins.getOrDefault(path, "");
    }

    static String quoted(String key) {
        return key.indexOf('.') < 0 ? key : '"' + key + '"';
    }

    private void originsBelow(String path, Object value, String origin) {
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                String full = path + "." + quoted(String.valueOf(member.getKey()));
                origins.put(full, origin);
                originsBelow(full, member.getValue(), origin);
            }
        }
    }

    /** Copies nested maps, so that more values can be added to the copies later. */
    private static Object copy(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<String, Object> copied = new LinkedHashMap<>();
        for (Map.Entry<?, ?> member : map.entrySet()) {
            copied.put(String.valueOf(member.getKey()), copy(member.getValue()));
        }
        return copied;
    }

    private static List<String> append(List<String> keys, String key) {
        List<String> longer = new ArrayList<>(keys);
        longer.add(key);
        return longer;
    }

    @SuppressWarnings("unchecked") // the keys of every map in a tree are strings
    private static Map<String, Object> child(Map<String, Object> parent, String key) {
        if (!(parent.get(key) instanceof Map<?, ?>)) {
            parent.put(key, new LinkedHashMap<String, Object>());
        }
        return (Map<String, Object>) parent.get(key);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> merge(Map<String, Object> upper, Map<String, Object> lower) {
        Map<String, Object> merged = new LinkedHashMap<>(lower);
        for (Map.Entry<String, Object> member : upper.entrySet()) {
            Object above = member.getValue();
            Object below = lower.get(member.getKey());
            merged.put(
                    member.getKey(),
                    above instanceof Map<?, ?> here && below instanceof Map<?, ?> there
                            ? merge((Map<String, Object>) here, (Map<String, Object>) there)
                            : above);
        }
        return merged;
    }
}
