package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts reasoning details together from their fragments. Fragments of one index and type are one detail: its texts are
 * joined, other members keep their first value. A signature comes late, in a fragment without text.
 */
final class ReasoningFragments {

    private static final List<String> TEXTS = List.of("text", "summary", "data", "thinking");

    private record Key(@Nullable Object index, @Nullable Object type) {}

    /** Neighbouring texts of a list of parts. */
    private static final class JoinedText {
        private final StringBuilder text = new StringBuilder();

        JoinedText(String first) {
            text.append(first);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static final class Detail {
        private final Map<String, Object> members = new LinkedHashMap<>();
        private final Map<String, StringBuilder> texts = new HashMap<>();
        /** What came as a list of parts: neighbouring texts are joined, other parts stay. */
        private final Map<String, List<Object>> lists = new HashMap<>();

        void addParts(String name, List<?> parts) {
            List<Object> all = lists.computeIfAbsent(name, n -> new ArrayList<>());
            for (Object part : parts) {
                String text = textOfPart(part);
                Object last = all.isEmpty() ? null : all.get(all.size() - 1);
                if (text == null) {
                    all.add(part == null ? "" : part);
                } else if (last instanceof JoinedText before) {
                    before.text.append(text);
                } else {
                    all.add(new JoinedText(text));
                }
            }
        }

        /** The text of a part that holds nothing else; null otherwise. */
        private static @Nullable String textOfPart(@Nullable Object part) {
            if (part instanceof String text) {
                return text;
            }
            boolean plain =
                    part instanceof Map<?, ?> map && Set.of("type", "text").containsAll(map.keySet());
            return plain && JsonObject.from(part).value("text") instanceof String text ? text : null;
        }

        private List<Object> parts(String name) {
            List<Object> parts = new ArrayList<>();
            for (Object part : lists.getOrDefault(name, List.of())) {
                Map<String, Object> text = new LinkedHashMap<>();
                text.put("type", "text");
                text.put("text", part.toString());
                parts.add(part instanceof JoinedText ? text : part);
            }
            return parts;
        }

        /** Whether a fragment brings the signature and the whole text again, as LiteLLM does. */
        boolean repeats(Map<String, Object> fragment) {
            if (!(fragment.get("signature") instanceof String signature) || signature.isEmpty()) {
                return false;
            }
            for (Map.Entry<String, StringBuilder> text : texts.entrySet()) {
                if (fragment.get(text.getKey()) instanceof String said && !said.isEmpty()) {
                    return said.contentEquals(text.getValue());
                }
            }
            return false;
        }
    }

    private final List<Detail> details = new ArrayList<>();
    private final Map<Key, Detail> open = new HashMap<>();

    /** Adds a fragment, and returns the visible text in it; {@code ""} if it has none, or none that is new. */
    String add(Map<String, Object> fragment) {
        Key key = new Key(fragment.get("index"), fragment.get("type"));
        Detail detail = open.get(key);
        boolean repeats = detail != null && detail.repeats(fragment);
        if (detail == null || !repeats && begins(detail, fragment, key)) {
            detail = new Detail();
            details.add(detail);
            open.put(key, detail);
        }
        for (Map.Entry<String, Object> member : fragment.entrySet()) {
            if (!repeats || !TEXTS.contains(member.getKey())) {
                add(detail, member.getKey(), member.getValue());
            }
        }
        return repeats ? "" : textOf(fragment);
    }

    /** Without an index only the id tells two details apart; what is encrypted comes whole. */
    private static boolean begins(Detail detail, Map<String, Object> fragment, Key key) {
        Object id = fragment.get("id");
        Object known = detail.members.get("id");
        boolean other = id != null && known != null && !id.equals(known);
        // A new text after a signature starts a new detail.
        boolean signed = detail.members.get("signature") instanceof String signature && !signature.isEmpty();
        boolean more = !textOf(fragment).isEmpty();
        return key.index == null && (other || fragment.get("data") != null || signed && more);
    }

    private static void add(Detail detail, String name, @Nullable Object value) {
        if (value instanceof String text && TEXTS.contains(name)) {
            detail.members.putIfAbsent(name, "");
            detail.texts.computeIfAbsent(name, n -> new StringBuilder()).append(text);
            return;
        }
        if (value instanceof List<?> list && TEXTS.contains(name)) {
            detail.members.putIfAbsent(name, "");
            detail.addParts(name, list);
            return;
        }
        // Some members are empty at first and set later, the signature above all.
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
            detail.lists.keySet().forEach(name -> members.put(name, detail.parts(name)));
            whole.add(members);
        }
        return whole;
    }

    /** The visible text of a fragment; {@code ""} if there is none. */
    static String textOf(Map<String, Object> fragment) {
        Object text = fragment.get("text");
        Object summary = text == null ? fragment.get("summary") : text;
        Object visible = summary == null ? fragment.get("thinking") : summary;
        return visible instanceof String shown ? shown : "";
    }
}
