package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts reasoning details together from their fragments. Fragments of one index and type are one detail: its texts are
 * joined, anything else is what was said of it first. A signature comes late, in a fragment without text.
 */
final class ReasoningFragments {

    private static final List<String> TEXTS = List.of("text", "summary", "data");

    private record Key(@Nullable Object index, @Nullable Object type) {}

    private static final class Detail {
        private final Map<String, Object> members = new LinkedHashMap<>();
        private final Map<String, StringBuilder> texts = new HashMap<>();
    }

    private final List<Detail> details = new ArrayList<>();
    private final Map<Key, Detail> open = new HashMap<>();

    void add(Map<String, Object> fragment) {
        Key key = new Key(fragment.get("index"), fragment.get("type"));
        Detail detail = open.get(key);
        if (detail == null || begins(detail, fragment, key)) {
            detail = new Detail();
            details.add(detail);
            open.put(key, detail);
        }
        for (Map.Entry<String, Object> member : fragment.entrySet()) {
            add(detail, member.getKey(), member.getValue());
        }
    }

    /** Without an index only the id tells two details apart; what is encrypted comes whole. */
    private static boolean begins(Detail detail, Map<String, Object> fragment, Key key) {
        Object id = fragment.get("id");
        Object known = detail.members.get("id");
        boolean other = id != null && known != null && !id.equals(known);
        return key.index == null && (other || fragment.get("data") != null);
    }

    private static void add(Detail detail, String name, @Nullable Object value) {
        if (value instanceof String text && TEXTS.contains(name)) {
            detail.members.putIfAbsent(name, "");
            detail.texts.computeIfAbsent(name, n -> new StringBuilder()).append(text);
            return;
        }
        // Some fields stand empty at first and are said later, the signature above all.
        Object known = detail.members.get(name);
        if (known == null || known.equals("")) {
            detail.members.put(name, value == null ? known : value);
        }
    }

    /** The details in the order they began. */
    List<Map<String, Object>> whole() {
        List<Map<String, Object>> whole = new ArrayList<>(details.size());
        for (Detail detail : details) {
            Map<String, Object> members = new LinkedHashMap<>(detail.members);
            detail.texts.forEach((name, text) -> members.put(name, text.toString()));
            whole.add(members);
        }
        return whole;
    }

    /** The visible text of a fragment; {@code ""} if there is none. */
    static String textOf(Map<String, Object> fragment) {
        Object text = fragment.get("text");
        Object visible = text == null ? fragment.get("summary") : text;
        return visible instanceof String shown ? shown : "";
    }
}
