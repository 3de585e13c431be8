package dev.llmspi.openai.wire;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one tool call, which are one JSON value that arrives in fragments. These rules apply:
 *
 * <ul>
 *   <li>An empty value ({@code {}}, {@code []}, {@code ""}, {@code null}) is a placeholder. If more text follows, it
 *       replaces the placeholder. In the same way, an object replaces an opening brace that was sent before it.
 *   <li>A fragment is cumulative if it starts with all the text received so far and no JSON value can start at that
 *       point. After the first cumulative fragment, every fragment that starts with all the text received so far is
 *       treated as cumulative.
 *   <li>A JSON value after complete arguments is a repetition if it is the same value, even if one of the two is
 *       encoded as a JSON string. Otherwise it contains the arguments of another call.
 * </ul>
 */
final class ToolArguments {

    /**
     * The arguments of a second call, which the server sent in the same fragment. {@code end} is the index at which the
     * rest of the fragment starts.
     */
    record Other(String arguments, int end) {}

    private static final Set<String> EMPTY_VALUES = Set.of("{}", "[]", "\"\"", "null");
    private static final int LONGEST_EMPTY = 4;

    private final JsonReader json;
    private final StringBuilder text = new StringBuilder();
    private JsonCompletenessScanner scanner = new JsonCompletenessScanner();
    /** The empty value that was sent before the arguments; null if there was none. */
    private @Nullable String placeholder;
    /** The text that follows complete arguments and is not a complete value yet. */
    private final StringBuilder trailing = new StringBuilder();

    private JsonCompletenessScanner behindScanner = new JsonCompletenessScanner();
    /** The parsed arguments, computed lazily for comparisons. */
    private JsonReader.@Nullable ComparedJson value;

    private @Nullable Boolean empty;
    /** Whether a cumulative fragment has arrived. */
    private boolean cumulative;

    ToolArguments(JsonReader json) {
        this.json = json;
    }

    /** Whether any text other than whitespace has arrived. */
    boolean isBegun() {
        return scanner.isBegun();
    }

    /** Whether the arguments form a complete JSON value if nothing follows. A placeholder is a complete value too. */
    boolean mayEnd() {
        return scanner.mayEnd();
    }

    /** Whether the arguments are either absent or complete, and no incomplete text follows them. */
    boolean isWhole() {
        return trailing.isEmpty() && (!isBegun() || scanner.mayEnd());
    }

    /**
     * Whether the text received so far is final. It is final only if it is an object with a member, because anything
     * else may be a placeholder.
     */
    boolean isCertain() {
        return scanner.isFilledObject();
    }

    int length() {
        return text.length();
    }

    String from(int start) {
        return text.substring(start);
    }

    @Override
    public String toString() {
        return isBegun() ? text.toString() : "{}";
    }

    /**
     * Appends the part of a fragment that begins at {@code start}.
     *
     * @return the arguments of another call; null if the whole fragment belongs to this call
     */
    @Nullable
    Other append(String piece, int start) {
        int at = start + repeated(piece, start);
        while (true) {
            if (!scanner.isComplete()) {
                int taken = scanner.read(piece, at);
                text.append(piece, at, at + taken);
                at += taken;
            }
            if (scanner.isRestarted()) {
                restart();
                continue;
            }
            foldPlaceholder();
            if (trailing.isEmpty()) {
                at = skipBlanks(piece, at);
            }
            if (at == piece.length()) {
                return null;
            }
            if (isPlaceholder()) {
                placeholder = text.toString();
                restart();
                continue;
            }
            int taken = behindScanner.read(piece, at);
            trailing.append(piece, at, at + taken);
            at += taken;
            if (!behindScanner.isComplete()) {
                return null;
            }
            String next = takeBehind();
            if (!isRepetition(next)) {
                return new Other(next, at);
            }
            takePlain(next);
        }
    }

    /** Returns the number of characters in a fragment that repeat the text received so far. */
    private int repeated(String piece, int start) {
        boolean repeats = isCertain()
                && !scanner.isComplete()
                && (cumulative || !scanner.awaitsValue())
                && piece.length() - start >= text.length()
                && piece.startsWith(text.toString(), start);
        cumulative |= repeats;
        return repeats ? text.length() : 0;
    }

    private static int skipBlanks(String piece, int start) {
        int at = start;
        while (at < piece.length() && Character.isWhitespace(piece.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Restores the placeholder if the value that replaced it is the same value, possibly encoded as a JSON string. */
    private void foldPlaceholder() {
        String before = placeholder;
        if (before == null || !scanner.isComplete()) {
            return;
        }
        placeholder = null;
        if (json.comparable(before).isSameAs(json.comparable(text.toString()))) {
            set(before);
        }
    }

    private void set(String whole) {
        restart();
        scanner.read(whole, 0);
        text.append(whole);
    }

    private void restart() {
        text.setLength(0);
        scanner = new JsonCompletenessScanner();
        value = null;
        empty = null;
    }

    private String takeBehind() {
        String taken = trailing.toString();
        trailing.setLength(0);
        behindScanner = new JsonCompletenessScanner();
        return taken;
    }

    /** Whether a text contains the same JSON value as these arguments. */
    boolean isRepetition(String next) {
        JsonReader.ComparedJson known = value;
        if (known == null) {
            value = known = json.comparable(text.toString());
        }
        return known.isSameAs(json.comparable(next));
    }

    /**
     * Replaces the arguments, if the server first sent them as a JSON string and then repeats them as a plain object.
     */
    private void takePlain(String repetition) {
        if (!isCertain() && json.isObject(repetition)) {
            set(repetition.strip());
        }
    }

    private boolean isPlaceholder() {
        if (!scanner.isComplete() || scanner.isFilledObject()) {
            return false;
        }
        Boolean known = empty;
        if (known == null) {
            empty = known = isEmptyValue(text);
        }
        return known;
    }

    /**
     * Finishes the arguments. Called after the last fragment. Trailing text that is not JSON is appended, which makes
     * the arguments malformed.
     *
     * @return the arguments of another call; null if there is none
     */
    @Nullable
    String end() {
        if (trailing.isEmpty()) {
            halve();
            return null;
        }
        boolean mayEnd = behindScanner.mayEnd();
        String rest = takeBehind();
        if (mayEnd && isRepetition(rest)) {
            takePlain(rest);
            return null;
        }
        if (mayEnd && json.isValue(rest)) {
            return rest;
        }
        text.append(rest);
        return null;
    }

    /**
     * Removes the second half of a literal that was sent twice and looks like a single one, such as {@code truetrue}.
     */
    private void halve() {
        int half = text.length() / 2;
        if (scanner.isComplete() || !scanner.mayEnd() || text.length() != 2 * half) {
            return;
        }
        String first = text.substring(0, half);
        if (first.contentEquals(text.subSequence(half, 2 * half)) && !json.isValue(text.toString())) {
            text.setLength(half);
        }
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
