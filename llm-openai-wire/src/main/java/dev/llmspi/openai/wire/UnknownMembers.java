package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gathers members that have no name here, so that they can go back to their server. In a stream a member may come more
 * than once: texts are joined unless they are signatures or ids, objects member by member, lists element by element; of
 * two other values, and of two texts inside an object, the later one counts. Reasoning inside an object is joined like
 * other reasoning: LiteLLM sends each piece of it once more in {@code provider_specific_fields}.
 */
final class UnknownMembers {

    /** Members of a message that have a meaning here, or are large and of no use to the server that sent them. */
    private static final Set<String> PASSED_OVER =
            Set.of("role", "content", "refusal", "tool_calls", "function_call", "images", "audio", "index");

    private static final int MOST = 64;

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

    /**
     * @return whether something was added: nothing is, if the value is there already, or if there are more names than
     * any server has
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

    /** Reasoning inside an object comes in pieces, and two pieces may be equal. */
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

    /**
     * Whether a text may come in pieces. A signature that is put together from two is refused, and an id stays what it
     * is.
     */
    private static boolean isText(String name) {
        boolean seal = ReasoningFields.isSignature(name) || name.contains("opaque") || name.contains("encrypted");
        return !seal && !name.equals("id") && !name.endsWith("_id") && !name.equals("name") && !name.equals("type");
    }

    private static CharSequence appended(CharSequence before, String piece) {
        if (piece.contentEquals(before)) {
            return before; // said again
        }
        return (before instanceof StringBuilder all ? all : new StringBuilder(before)).append(piece);
    }

    /** Sets a member that is whole, in place of its earlier value. */
    void put(String name, Object value) {
        members.put(name, value);
    }

    /** Sets a text, unless a longer one is there: whole messages may hold more than the deltas beside them. */
    void putLonger(String name, String text) {
        members.merge(
                name,
                text,
                (known, other) -> known instanceof String said && said.length() > text.length() ? known : other);
    }

    void addAll(Map<String, Object> more) {
        more.forEach(this::add);
    }

    /**
     * Changes the value before where it can, so that many small pieces are not copied again and again.
     *
     * @param name of the member, if it stands inside an object; otherwise empty
     */
    private static Object joined(String name, Object before, Object next) {
        if (isNothing(next)) {
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

    /** The value with the reasoning that was joined in it. */
    private static Object settled(Object value) {
        if (value instanceof StringBuilder text) {
            return text.toString();
        }
        if (value instanceof ReasoningFragments fragments) {
            return fragments.whole();
        }
        if (value instanceof LinkedHashMap) { // only such a one has been joined
            owned((Map<?, ?>) value).replaceAll((name, inner) -> settled(inner));
        }
        return value;
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
        members.replaceAll((name, value) -> settled(value));
        return texts(members);
    }

    /** Each member that says something, as JSON text. */
    static Map<String, String> texts(Map<String, ?> members) {
        if (members.isEmpty()) {
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        members.forEach((name, value) -> {
            if (!isNothing(value) || value instanceof String && ReasoningFields.isText(name)) {
                texts.put(name, Json.text(value)); // an empty reasoning is kept: a server may want to see it again
            }
        });
        return Collections.unmodifiableMap(texts);
    }
}
