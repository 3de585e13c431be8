package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Assembles reasoning details from their fragments. Fragments with the same index and type form one detail: their texts
 * are concatenated, and other members keep their first value. A signature arrives last, in a fragment without text.
 */
final class ReasoningFragments {

    private static final List<String> TEXTS = List.of("text", "summary", "data", "thinking");

    private record Key(@Nullable Object index, @Nullable Object type) {}

    /** The concatenated text of adjacent text parts. */
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
        /**
         * The members that are lists of parts. Adjacent text parts are concatenated, and other parts are kept
         * unchanged.
         */
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

        /** Returns the text of a part that contains only text; null for any other part. */
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

        /** Whether a fragment repeats the whole text together with the signature, as LiteLLM's last fragment does. */
        boolean repeats(Map<String, Object> fragment) {
            if (!(fragment.get("signature") instanceof String signature) || signature.isEmpty()) {
                return false;
            }
            for (Map.Entry<String, StringBuilder> text : texts.entrySet()) {
                if (fragment.get(text.getKey()) instanceof String repeated && !repeated.isEmpty()) {
                    return repeated.contentEquals(text.getValue());
                }
            }
            return false;
        }
    }

    private final List<Detail> details = new ArrayList<>();
    private final Map<Key, Detail> open = new HashMap<>();

    /** Adds a fragment and returns its new visible text; {@code ""} if there is none. */
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

    /**
     * Whether a fragment without an index starts a new detail. A fragment with encrypted data always does, because such
     * data is not split.
     */
    private static boolean begins(Detail detail, Map<String, Object> fragment, Key key) {
        Object id = fragment.get("id");
        Object known = detail.members.get("id");
        boolean other = id != null && known != null && !id.equals(known);
        // A text that arrives after the signature belongs to a new detail.
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
        // Some members, such as the signature, are empty in the first fragment and set in a later one.
        Object known = detail.members.get(name);
        if (known == null || known.equals("")) {
            detail.members.put(name, value == null ? known : value);
        }
    }

    /** Returns the details in the order of their first fragments. */
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

    /** Returns the visible text of a fragment; {@code ""} if there is none. */
    static String textOf(Map<String, Object> fragment) {
        Object text = fragment.get("text");
        Object summary = text == null ? fragment.get("summary") : text;
        Object visible = summary == null ? fragment.get("thinking") : summary;
        return visible instanceof String shown ? shown : "";
    }
}
