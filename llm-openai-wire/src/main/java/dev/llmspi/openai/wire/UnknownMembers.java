package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gathers members that have no name here, so that they can go back to their server. In a stream a member may come more than once:
 * objects are joined member by member, lists element by element; of two other values the later one counts. Texts are not joined: a
 * signature that is put together from two is refused.
 */
final class UnknownMembers {

    /** Members of a message that have a meaning here, or are large and of no use to the server that sent them. */
    private static final Set<String> PASSED_OVER =
            Set.of("role", "content", "refusal", "tool_calls", "function_call", "images", "audio", "index");

    private final Map<String, Object> members = new LinkedHashMap<>();

    static boolean isPassedOver(String name) {
        return PASSED_OVER.contains(name);
    }

    /** Whether a value says nothing: null, or empty. */
    static boolean isNothing(@Nullable Object value) {
        return value == null
                || value.equals("")
                || value instanceof List<?> list && list.isEmpty()
                || value instanceof Map<?, ?> map && map.isEmpty();
    }

    void add(String name, Object value) {
        members.merge(name, value, UnknownMembers::joined);
    }

    /** Sets a member that is whole, in place of its earlier value. */
    void put(String name, Object value) {
        members.put(name, value);
    }

    void addAll(Map<String, Object> more) {
        more.forEach(this::add);
    }

    /** Changes the value before where it can, so that many small pieces are not copied again and again. */
    private static Object joined(Object before, Object next) {
        if (isNothing(next) || before.equals(next)) {
            return before;
        }
        if (before instanceof Map<?, ?> object && next instanceof Map<?, ?> more) {
            Map<Object, Object> all = owned(object);
            more.forEach((name, value) -> all.merge(name, value == null ? "" : value, UnknownMembers::joined));
            return all;
        }
        if (before instanceof List<?> list && next instanceof List<?> more) {
            boolean grown =
                    more.size() >= list.size() && more.subList(0, list.size()).equals(list);
            return grown ? more : appended(list, more);
        }
        return next;
    }

    @SuppressWarnings("unchecked") // the names are texts; nothing is read by its type
    private static Map<Object, Object> owned(Map<?, ?> object) {
        return object instanceof LinkedHashMap ? (Map<Object, Object>) object : new LinkedHashMap<>(object);
    }

    @SuppressWarnings("unchecked") // the list was made for this object alone
    private static List<Object> appended(List<?> list, List<?> more) {
        List<Object> all = list instanceof ArrayList ? (List<Object>) list : new ArrayList<>(list);
        all.addAll(more);
        return all;
    }

    /** Each member as JSON text. */
    Map<String, String> texts() {
        return texts(members);
    }

    /** Each member that says something, as JSON text. */
    static Map<String, String> texts(Map<String, ?> members) {
        if (members.isEmpty()) {
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        members.forEach((name, value) -> {
            if (!isNothing(value)) {
                texts.put(name, Json.text(value));
            }
        });
        return Collections.unmodifiableMap(texts);
    }
}
