package dev.llmspi.openai.wire;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one tool call while their pieces arrive: one JSON value. Its rules:
 *
 * <ul>
 *   <li>An empty value ({@code {}}, {@code []}, {@code ""}, {@code null}) is a placeholder: if more follows, that
 *       is the arguments. So is an opening brace in front of an object.
 *   <li>A piece that begins with all there is, where no value can begin, is the arguments once more and longer. Once
 *       that has been seen, it is so everywhere.
 *   <li>Another JSON value behind complete arguments is a repetition if it is the same value, also if one of the
 *       two is encoded as a text. Otherwise it is the arguments of another call.
 * </ul>
 */
final class ToolArguments {

    /** The arguments of another call, found behind those of this one; the text goes on at {@code end}. */
    record Other(String arguments, int end) {}

    private static final Set<String> EMPTY_VALUES = Set.of("{}", "[]", "\"\"", "null");
    private static final int LONGEST_EMPTY = 4;

    private final JsonReader json;
    private final StringBuilder text = new StringBuilder();
    private JsonCompletenessScanner scanner = new JsonCompletenessScanner();
    /** An empty value in front of the arguments. */
    private @Nullable String placeholder;
    /** Text behind complete arguments; not a value yet. */
    private final StringBuilder behind = new StringBuilder();

    private JsonCompletenessScanner behindScanner = new JsonCompletenessScanner();
    /** What complete arguments are compared with, read once. */
    private JsonReader.@Nullable ComparedJson value;

    private @Nullable Boolean empty;
    /** A piece has repeated all before it: from now on each may, even where a value can begin. */
    private boolean cumulative;

    ToolArguments(JsonReader json) {
        this.json = json;
    }

    /** Whether there is anything but blanks. */
    boolean isBegun() {
        return scanner.isBegun();
    }

    /** Whether they are a whole JSON value, a placeholder included, if nothing follows. */
    boolean mayEnd() {
        return scanner.mayEnd();
    }

    /** Whether they are absent or whole, and nothing incomplete stands behind them. */
    boolean isWhole() {
        return behind.isEmpty() && (!isBegun() || scanner.mayEnd());
    }

    /**
     * Whether the text so far is certain: only that of an object with a member is. Any other beginning may be a
     * placeholder.
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
     * Takes more, from {@code start} to the end of the piece.
     *
     * @return where another call begins; null if everything belongs to this one
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
            if (behind.isEmpty()) {
                at = skipBlanks(piece, at); // they change nothing
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
            behind.append(piece, at, at + taken);
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

    /** How much of a piece only repeats the text so far. */
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

    /** The placeholder is the arguments after all if it only came again, encoded as a text. */
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
        String taken = behind.toString();
        behind.setLength(0);
        behindScanner = new JsonCompletenessScanner();
        return taken;
    }

    /** Whether a text is these arguments once more. */
    boolean isRepetition(String next) {
        JsonReader.ComparedJson known = value;
        if (known == null) {
            value = known = json.comparable(text.toString());
        }
        return known.isSameAs(json.comparable(next));
    }

    /** Of arguments that came encoded as a text, and as an object behind it, the object counts. */
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
     * No more pieces come. Trailing text that is not JSON is appended: the arguments are malformed then.
     *
     * @return the arguments of another call; null if there is none
     */
    @Nullable
    String end() {
        if (behind.isEmpty()) {
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

    /** A word that was sent twice looks like one word: {@code truetrue}. */
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
