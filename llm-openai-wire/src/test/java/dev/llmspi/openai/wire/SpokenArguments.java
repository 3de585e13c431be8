package dev.llmspi.openai.wire;

import dev.llmspi.openai.wire.ToolCallDialect.Arguments;
import dev.llmspi.openai.wire.ToolCallDialect.Id;
import dev.llmspi.openai.wire.ToolCallDialect.Name;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Creates random tool call arguments, and the fragments in which a dialect sends them. */
final class SpokenArguments {

    /** Marks a call without arguments. */
    static final Object NONE = new Object();

    private final ToolCallDialect dialect;
    private final Random random;
    private final RandomJson json;

    SpokenArguments(ToolCallDialect dialect, Random random) {
        this.dialect = dialect;
        this.random = random;
        this.json = new RandomJson(random);
    }

    /** Returns a value that this dialect can send unambiguously, or {@link #NONE}. */
    @Nullable
    Object value() {
        boolean mustBeThere = dialect.isToldByNameOnly() || dialect.arguments() == Arguments.ENCODED;
        if (!mustBeThere && random.nextInt(6) == 0) {
            return NONE;
        }
        Map<String, @Nullable Object> object = json.object();
        if (dialect.isToldByNameOnly() && object.isEmpty()) {
            object.put("k", 1L);
        }
        // A parser recognises where objects and lists end, but not where a number ends. If a fragment with an id and a
        // name follows a number, it could continue the number or begin another call.
        boolean lateAndNamed = dialect.id() == Id.LATE && dialect.name() == Name.EACH;
        boolean any = dialect.isAddressed() && !dialect.arguments().isRepeated() && !lateAndNamed;
        if (!any || random.nextInt(4) != 0) {
            return object;
        }
        if (dialect.arguments() != Arguments.OBJECT) {
            return json.value();
        }
        return switch (random.nextInt(3)) {
            case 0 -> json.list();
            case 1 -> json.number();
            default -> random.nextBoolean();
        };
    }

    /** Adds the arguments to the list of parts, as the JSON of consecutive fragments. */
    void parts(String text, @Nullable Object value, List<String> parts) {
        switch (dialect.arguments()) {
            case PIECES -> {
                boolean blanks = value instanceof Map || value instanceof List;
                cut(blanks && random.nextInt(8) == 0 ? text + "\n" : text, parts);
                if (blanks && random.nextInt(4) == 0) {
                    parts.add(json.quote(random.nextBoolean() ? " " : "\n\n"));
                }
            }
            case OBJECT -> parts.add(text);
            case PLACEHOLDER -> {
                parts.add(random.nextInt(4) == 0 ? "{}" : "\"{}\"");
                cut(text, parts);
            }
            case RESTARTED -> {
                parts.add(json.quote("{"));
                cut(text, parts);
            }
            case TWICE -> {
                parts.add(json.quote(text));
                parts.add(json.quote(text));
            }
            case THEN_WHOLE -> {
                cut(text, parts);
                if (dialect.name() != Name.EACH && random.nextInt(6) == 0) {
                    cut(text, parts);
                } else {
                    parts.add(again(text, value));
                }
            }
            case SAID_AGAIN, ENCODED -> cut(text, parts);
        }
    }

    /** Returns the repetition of the arguments, which some servers format differently. */
    String again(String text, @Nullable Object value) {
        if (dialect.arguments() == Arguments.ENCODED) {
            return json.quote(json.quote(text));
        }
        return switch (random.nextInt(8)) {
            case 0 -> json.quote(RandomJson.compact(value));
            case 1 -> RandomJson.compact(value);
            default -> json.quote(text);
        };
    }

    /**
     * Adds fragments of a text to the list of parts, as JSON. The text may be cut anywhere, even inside a surrogate
     * pair or an escape sequence.
     */
    private void cut(String text, List<String> parts) {
        int most = random.nextInt(20) == 0 ? text.length() : random.nextInt(8) + 1;
        for (int at = 0; at < text.length(); ) {
            int left = text.length() - at;
            int length = parts.size() >= 500 ? left : 1 + random.nextInt(Math.max(1, 2 * text.length() / most));
            int end = at + Math.min(left, length);
            parts.add(json.quote(text.substring(at, end)));
            at = end;
            if (random.nextInt(16) == 0) {
                parts.add("\"\"");
            }
        }
    }
}
