package dev.llmspi.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Configuration as nested maps, with the place every value came from by its full path. One layer of several: see
 * {@link #over}.
 */
public record ConfigTree(Map<String, Object> values, Map<String, String> origins) {

    public static ConfigTree empty() {
        return new ConfigTree(new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /** Puts a value at a path, making the objects on the way; an object there already is merged with. */
    public void put(List<String> keys, Object value, String origin) {
        Map<String, Object> at = values;
        StringBuilder path = new StringBuilder();
        for (String key : keys.subList(0, keys.size() - 1)) {
            path.append(quoted(key)).append('.');
            at = child(at, key);
        }
        String last = keys.get(keys.size() - 1);
        String full = path + quoted(last);
        origins.put(full, origin);
        if (value instanceof Map<?, ?> map && at.get(last) instanceof Map<?, ?>) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                put(append(keys, String.valueOf(member.getKey())), member.getValue(), origin);
            }
        } else {
            at.put(last, copy(value));
            originsBelow(full, value, origin);
        }
    }

    /** This layer, and where it says nothing, the lower one. */
    public ConfigTree over(ConfigTree lower) {
        Map<String, String> places = new LinkedHashMap<>(lower.origins);
        places.putAll(origins);
        return new ConfigTree(merge(values, lower.values), places);
    }

    /** The object at a path; empty if there is none. */
    public Map<String, Object> object(String... keys) {
        Map<String, Object> at = values;
        for (String key : keys) {
            if (!(at.get(key) instanceof Map<?, ?>)) {
                return Map.of();
            }
            at = child(at, key);
        }
        return at;
    }

    /** Does not show the values: keys are among them. */
    @Override
    public String toString() {
        return "ConfigTree" + origins.keySet();
    }

    /** Where the value of a path stands; {@code ""} if unknown. */
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

    /** Objects below are copied, so that later puts may go into them. */
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

    @SuppressWarnings("unchecked") // every map in a tree has text keys
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
