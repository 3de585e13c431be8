package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects a message's unknown members, so that they can be sent back to the server. In a stream, a member may arrive
 * more than once. Strings are then concatenated unless they are signatures or ids, objects are merged member by member,
 * and lists are appended to each other. Any other value, and a string inside an object, is replaced by the later value.
 * Reasoning inside an object is concatenated too, because LiteLLM repeats each reasoning fragment in
 * {@code provider_specific_fields}.
 */
final class UnknownMembers {

    private static final int MOST = 64;

    private final Map<String, Object> members = new LinkedHashMap<>();

    /**
     * Adds a member, or joins its value with the earlier one.
     *
     * @return false if the value is already present or the maximum number of members is reached
     */
    boolean add(String name, Object value) {
        Object known = members.get(name);
        if (value.equals(known) && !holdsReasoning(value) || known == null && members.size() >= MOST) {
            return false;
        }
        members.merge(name, value, (before, next) -> {
            boolean pieces = before instanceof CharSequence && next instanceof String && isText(name);
            return pieces ? appended((CharSequence) before, (String) next) : joined("", before, next);
        });
        return true;
    }

    /**
     * Whether a value contains reasoning. Reasoning arrives in fragments, and two equal fragments are not a repetition.
     */
    private static boolean holdsReasoning(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().anyMatch(element -> element != null && holdsReasoning(element));
        }
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                String name = String.valueOf(member.getKey());
                Object inner = member.getValue();
                if (ReasoningFields.isText(name)
                        || ReasoningFields.isDetails(name)
                        || inner != null && holdsReasoning(inner)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether the strings of a member may be concatenated. Concatenated signatures or ids would be invalid. */
    private static boolean isText(String name) {
        boolean seal = ReasoningFields.isSignature(name) || name.contains("opaque") || name.contains("encrypted");
        return !seal && !name.equals("id") && !name.endsWith("_id") && !name.equals("name") && !name.equals("type");
    }

    private static CharSequence appended(CharSequence before, String piece) {
        if (piece.contentEquals(before)) {
            return before; // a repetition
        }
        return (before instanceof StringBuilder all ? all : new StringBuilder(before)).append(piece);
    }

    /** Sets the complete value of a member, which replaces any earlier value. */
    void put(String name, Object value) {
        members.put(name, value);
    }

    /** Sets a text unless the earlier one is longer. A complete message may contain more text than the deltas. */
    void putLonger(String name, String text) {
        members.merge(
                name,
                text,
                (known, other) -> known instanceof String earlier && earlier.length() > text.length() ? known : other);
    }

    void addAll(Map<String, Object> more) {
        more.forEach(this::add);
    }

    /**
     * Joins two values of a member. Modifies the earlier value if possible, so that the cost stays linear in the number
     * of fragments.
     *
     * @param name the member's name if the values are inside an object; otherwise empty
     */
    private static Object joined(String name, Object before, Object next) {
        if (JsonObject.isEmpty(next)) {
            return before;
        }
        if (next instanceof String text && before instanceof CharSequence known && ReasoningFields.isText(name)) {
            return (known instanceof StringBuilder all ? all : new StringBuilder(known)).append(text);
        }
        if (next instanceof List<?> more && ReasoningFields.isDetails(name)) {
            ReasoningFragments all =
                    before instanceof ReasoningFragments known ? known : with(new ReasoningFragments(), before);
            return with(all, more);
        }
        if (before instanceof Map<?, ?> object && next instanceof Map<?, ?> more) {
            Map<Object, Object> all = owned(object);
            more.forEach((inner, value) -> {
                if (value == null) {
                    all.putIfAbsent(inner, null);
                } else {
                    all.merge(inner, value, (known, later) -> joined(String.valueOf(inner), known, later));
                }
            });
            return all;
        }
        if (before instanceof List<?> list && next instanceof List<?> more) {
            boolean grown =
                    more.size() >= list.size() && more.subList(0, list.size()).equals(list);
            return grown ? more : appended(list, more);
        }
        return next;
    }

    private static ReasoningFragments with(ReasoningFragments all, Object list) {
        for (Object element : JsonObject.listIn(list)) {
            JsonObject fragment = JsonObject.from(element);
            if (!fragment.isEmpty()) {
                all.add(fragment.members());
            }
        }
        return all;
    }

    /** Replaces the builders inside a joined value with their results. */
    private static Object settled(Object value) {
        if (value instanceof StringBuilder text) {
            return text.toString();
        }
        if (value instanceof ReasoningFragments fragments) {
            return fragments.whole();
        }
        if (value instanceof LinkedHashMap) { // all joined maps have this class
            owned((Map<?, ?>) value).replaceAll((name, inner) -> settled(inner));
        }
        return value;
    }

    @SuppressWarnings("unchecked") // keys are strings, and no value is cast
    private static Map<Object, Object> owned(Map<?, ?> object) {
        return object instanceof LinkedHashMap ? (Map<Object, Object>) object : new LinkedHashMap<>(object);
    }

    @SuppressWarnings("unchecked") // the parser created the list for this object alone
    private static List<Object> appended(List<?> list, List<?> more) {
        List<Object> all = list instanceof ArrayList ? (List<Object>) list : new ArrayList<>(list);
        all.addAll(more);
        return all;
    }

    /** Returns the members that are not empty, with their values as JSON. */
    Map<String, String> texts() {
        members.replaceAll((name, value) -> settled(value));
        return MessageDecoder.texts(members);
    }
}
