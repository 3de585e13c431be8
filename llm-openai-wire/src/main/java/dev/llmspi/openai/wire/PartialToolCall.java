package dev.llmspi.openai.wire;

import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ToolCall;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One tool call while its fragments arrive. Its rules:
 *
 * <ul>
 *   <li>A name grows until the arguments begin; a name that is repeated whole stays.
 *   <li>The arguments are one JSON value. An empty value ({@code {}}, {@code []}, {@code ""}, {@code null}) is a placeholder: if
 *       more follows, that is the arguments. So is an opening brace in front of an object.
 *   <li>Another JSON value behind complete arguments is a repetition if it is the same value, also if it is encoded as a text.
 *       Otherwise it is the arguments of another call.
 *   <li>A caller receives a piece only when nothing of the above can take it back.
 * </ul>
 */
final class PartialToolCall {

    private static final Set<String> EMPTY_VALUES = Set.of("{}", "[]", "\"\"", "null");
    private static final int LONGEST_EMPTY = 4;

    /** The index or position the server gave. */
    final int place;

    /** Members without a name here. */
    final UnknownMembers fields = new UnknownMembers();

    private final JsonReader json;
    /** The index given out; -1 as long as this is not known to be a call. */
    private int index = -1;

    private @Nullable String wireId;
    private @Nullable String id;
    private @Nullable String name;
    private final StringBuilder arguments = new StringBuilder();
    private JsonCompletenessScanner scanner = new JsonCompletenessScanner();
    private int reported;
    /** An empty value in front of the arguments. */
    private @Nullable String placeholder;

    /** Text behind complete arguments; not a value yet. */
    private final StringBuilder behind = new StringBuilder();

    private JsonCompletenessScanner behindScanner = new JsonCompletenessScanner();

    PartialToolCall(int place, JsonReader json) {
        this.place = place;
        this.json = json;
    }

    /** This is a call: it has a name or arguments. */
    void list(int nextIndex) {
        index = nextIndex;
    }

    boolean isListed() {
        return index >= 0;
    }

    int index() {
        return index;
    }

    /** The first id counts; later ones are other names of the same call. */
    void takeId(String given) {
        wireId = wireId == null ? given : wireId;
    }

    boolean hasWireId() {
        return wireId != null;
    }

    boolean hasWireId(@Nullable String given) {
        return given != null && given.equals(wireId);
    }

    @Nullable
    String name() {
        return name;
    }

    boolean hasArguments() {
        return scanner.isBegun();
    }

    private boolean isComplete() {
        return scanner.isComplete();
    }

    /** Whether the arguments are a whole JSON value, a placeholder included, if nothing follows. */
    boolean mayEnd() {
        return scanner.mayEnd();
    }

    /** Whether this call and a name exclude each other: the arguments are there, and belong to another name. */
    boolean isDoneUnderAnotherName(@Nullable String other) {
        return mayEnd() && other != null && name != null && !other.equals(name);
    }

    /**
     * Takes a name or a piece of one.
     *
     * @param tools the names there can be; empty if they are not known
     * @return false if it must be the name of another call
     */
    boolean takeName(String piece, Set<String> tools) {
        String known = name;
        if (known == null) {
            name = piece;
            return true;
        }
        if (known.equals(piece) || hasArguments()) {
            return true;
        }
        String longer = piece.startsWith(known) && !tools.contains(known + piece) ? piece : known + piece;
        if (tools.contains(known) && tools.contains(piece) && !tools.contains(longer)) {
            return false;
        }
        name = longer;
        return true;
    }

    /** The arguments of another call, found behind those of this one; the text goes on at {@code end}. */
    record Other(String arguments, int end) {}

    /**
     * Takes more of the arguments, from {@code start} to the end of the text.
     *
     * @return where another call begins; null if everything belongs to this one
     */
    @Nullable
    Other append(String text, int start) {
        int at = start;
        while (true) {
            if (!isComplete()) {
                int taken = scanner.read(text, at);
                arguments.append(text, at, at + taken);
                at += taken;
            }
            if (scanner.isRestarted()) {
                restart();
                continue;
            }
            foldPlaceholder();
            if (behind.isEmpty()) {
                at = skipBlanks(text, at); // they change nothing
            }
            if (at == text.length()) {
                return null;
            }
            if (isPlaceholder()) {
                placeholder = arguments.toString();
                restart();
                continue;
            }
            int taken = behindScanner.read(text, at);
            behind.append(text, at, at + taken);
            at += taken;
            if (!behindScanner.isComplete()) {
                return null;
            }
            String value = takeBehind();
            if (!isRepetition(value)) {
                return new Other(value, at);
            }
        }
    }

    /** The placeholder is the arguments after all if it only came again, encoded as a text. */
    private void foldPlaceholder() {
        String empty = placeholder;
        if (empty == null || !isComplete()) {
            return;
        }
        placeholder = null;
        if (json.isSame(empty, arguments.toString())) {
            restart();
            scanner.read(empty, 0);
            arguments.append(empty);
        }
    }

    private void restart() {
        arguments.setLength(0);
        scanner = new JsonCompletenessScanner();
    }

    private static int skipBlanks(String text, int start) {
        int at = start;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private String takeBehind() {
        String value = behind.toString();
        behind.setLength(0);
        behindScanner = new JsonCompletenessScanner();
        return value;
    }

    private boolean isRepetition(String value) {
        return json.isSame(arguments.toString(), value);
    }

    /**
     * No more fragments come. What stands behind the arguments and is no value is shown as a part of them: they are broken then.
     *
     * @return the arguments of another call; null if there is none
     */
    @Nullable
    String end() {
        if (behind.isEmpty()) {
            halve();
            return null;
        }
        boolean value = behindScanner.mayEnd();
        String text = takeBehind();
        if (value && isRepetition(text)) {
            return null;
        }
        if (value && json.isValue(text)) {
            return text;
        }
        arguments.append(text);
        return null;
    }

    /** A word that was sent twice looks like one word: {@code truetrue}. */
    private void halve() {
        int half = arguments.length() / 2;
        if (scanner.isComplete() || !scanner.mayEnd() || arguments.length() != 2 * half) {
            return;
        }
        String first = arguments.substring(0, half);
        if (first.contentEquals(arguments.subSequence(half, 2 * half)) && !json.isValue(arguments.toString())) {
            arguments.setLength(half);
        }
    }

    /** Whether nothing is missing: a name, and arguments that are absent or whole. */
    boolean isWhole() {
        return name != null && behind.isEmpty() && (!hasArguments() || scanner.mayEnd());
    }

    private boolean isPlaceholder() {
        return isComplete() && !scanner.isFilledObject() && isEmptyValue(arguments);
    }

    /** Gives out what is certain. Only an object with a member is: any other beginning may be a placeholder. */
    void report(UniqueIds ids, Queue<ChatStreamEvent> events) {
        if (isListed() && name != null && scanner.isFilledObject() && reported < arguments.length()) {
            reportRest(ids, events);
        }
    }

    /** Gives out the rest, and the whole call. */
    void complete(UniqueIds ids, Queue<ChatStreamEvent> events) {
        if (!hasArguments()) {
            arguments.setLength(0);
            arguments.append("{}");
        }
        if (reported < arguments.length()) {
            reportRest(ids, events);
        }
        events.add(new ChatStreamEvent.ToolCallComplete(index, whole(ids)));
    }

    private void reportRest(UniqueIds ids, Queue<ChatStreamEvent> events) {
        String fragment = arguments.substring(reported);
        reported = arguments.length();
        events.add(new ChatStreamEvent.ToolCallDelta(index, id(ids), nameOrNothing(), fragment));
    }

    /** The call as it is now. */
    ToolCall whole(UniqueIds ids) {
        String text = hasArguments() ? arguments.toString() : "{}";
        return new ToolCall(id(ids), nameOrNothing(), text, json.isObject(text), fields.texts());
    }

    /** Takes the id as soon as the server has given it, so that of two calls with one id the first one keeps it. */
    void takeId(UniqueIds ids) {
        if (isListed() && wireId != null) {
            id(ids);
        }
    }

    private String nameOrNothing() {
        return name == null ? "" : name;
    }

    private String id(UniqueIds ids) {
        String given = id;
        if (given == null) {
            id = given = ids.of(wireId == null ? "call_" + index : wireId, index);
        }
        return given;
    }

    private static boolean isEmptyValue(CharSequence text) {
        StringBuilder dense = new StringBuilder();
        for (int i = 0; i < text.length() && dense.length() <= LONGEST_EMPTY; i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                dense.append(text.charAt(i));
            }
        }
        return EMPTY_VALUES.contains(dense.toString());
    }
}
