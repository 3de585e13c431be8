package dev.llmspi.openai.wire;

import dev.llmspi.openai.wire.ToolCallDialect.Arguments;
import dev.llmspi.openai.wire.ToolCallDialect.Id;
import dev.llmspi.openai.wire.ToolCallDialect.Index;
import dev.llmspi.openai.wire.ToolCallDialect.Name;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tool calls of a random answer, and the fragments in which a server that uses the dialect sends them. */
final class SpokenToolCalls {

    /**
     * An expected tool call.
     *
     * @param id the expected id, or null if the dialect allows more than one
     */
    record Expected(String name, String arguments, @Nullable String id) {}

    private static final List<String> NAMES = List.of(
            "get_weather",
            "list_files",
            "read_file_lines",
            "search",
            "get_get",
            "a_b",
            "tool-1",
            "functions.run",
            "web_search_",
            "_go");

    private final ToolCallDialect dialect;
    private final Random random;
    private final RandomJson json;
    private final SpokenArguments spoken;
    private final boolean numbers;
    private final boolean clash;

    /** Whether the fragments of several calls alternate. */
    final boolean mixed;

    private final Set<String> ids = new HashSet<>();
    final List<Expected> expected = new ArrayList<>();

    /** The fragments of each call in order. */
    final List<List<ToolFragment>> calls = new ArrayList<>();

    /** The fragments that follow the fragments of all calls. */
    final List<ToolFragment> behind = new ArrayList<>();

    SpokenToolCalls(ToolCallDialect dialect, int count, Random random) {
        this.dialect = dialect;
        this.random = random;
        this.json = new RandomJson(random);
        this.spoken = new SpokenArguments(dialect, random);
        this.numbers = random.nextInt(8) == 0;
        boolean mayClash = dialect.index() == Index.REAL
                && dialect.id() == Id.FIRST
                && dialect.name() != Name.LATE
                && !dialect.arguments().saysCallAgain();
        this.clash = mayClash && random.nextInt(10) == 0;
        this.mixed = dialect.isAddressed() && dialect.index() != Index.PLACE && random.nextBoolean();
        for (int i = 0; i < count; i++) {
            add(i);
        }
    }

    private void add(int call) {
        String name = name(call);
        Object value = spoken.value();
        String text = value == SpokenArguments.NONE
                ? null
                : dialect.arguments() == Arguments.OBJECT ? RandomJson.compact(value) : json.wild(value);
        boolean plain = dialect.index() == Index.REAL
                && dialect.name() == Name.FIRST
                && dialect.arguments() == Arguments.PIECES;
        if (text != null && plain && random.nextInt(30) == 0) {
            text = "\n " + text;
        }
        List<ToolFragment> fragments = fragments(call, text, value);
        fragments = named(call, name, fragments);
        String id = identified(fragments);
        while (fragments.size() > 1 && fragments.get(0).isSilent()) {
            String said = fragments.remove(0).id;
            ToolFragment first = fragments.get(0);
            first.id = said == null ? first.id : said;
        }
        if (dialect.arguments().saysCallAgain()) {
            ToolFragment again = new ToolFragment(call, text == null ? null : spoken.again(text, value));
            again.id = id;
            again.name = json.quote(name);
            boolean last = dialect.index() != Index.PLACE && random.nextInt(3) == 0;
            (last ? behind : fragments).add(again);
        }
        calls.add(fragments);
        boolean exact = dialect.id() != Id.NONE && dialect.id() != Id.LATE && !clash;
        expected.add(new Expected(name, text == null ? "{}" : text, exact ? plain(id) : null));
    }

    private static String plain(String id) {
        return id.startsWith("\"") ? id.substring(1, id.length() - 1) : id;
    }

    private String name(int call) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        // If only a name marks the start of a call, the next call needs another name. A new id with the same name
        // continues a call with incomplete arguments, unless the index differs.
        boolean taken = mixed && dialect.index() != Index.REAL
                ? expected.stream().anyMatch(before -> before.name().equals(name))
                : dialect.isToldByNameOnly()
                        && call > 0
                        && expected.get(call - 1).name().equals(name);
        return taken ? "f" + call + "_" + name : name;
    }

    private List<ToolFragment> fragments(int call, @Nullable String text, @Nullable Object value) {
        List<ToolFragment> fragments = new ArrayList<>();
        if (text == null || random.nextBoolean()) {
            boolean blank = text == null && dialect.arguments() != Arguments.PLACEHOLDER && random.nextInt(4) == 0;
            fragments.add(new ToolFragment(call, blank ? "\" \"" : null));
        }
        List<String> parts = new ArrayList<>();
        if (text != null) {
            spoken.parts(text, value, parts);
        } else if (dialect.arguments() == Arguments.PLACEHOLDER) {
            parts.add("\"{}\"");
        }
        for (String part : parts) {
            fragments.add(new ToolFragment(call, part));
        }
        return fragments;
    }

    private List<ToolFragment> named(int call, String name, List<ToolFragment> fragments) {
        String whole = json.quote(name);
        switch (dialect.name()) {
            case FIRST -> fragments.get(0).name = whole;
            case EACH -> fragments.forEach(fragment -> fragment.name = whole);
            case LATE -> later(call, fragments).name = whole;
            case SPLIT -> {
                List<String> pieces = split(name);
                List<ToolFragment> all = new ArrayList<>();
                for (String piece : pieces) {
                    ToolFragment fragment = new ToolFragment(call, null);
                    fragment.name = json.quote(piece);
                    all.add(fragment);
                }
                ToolFragment first = fragments.get(0);
                if (first.arguments != null && random.nextBoolean()) {
                    first.name = all.remove(all.size() - 1).name;
                }
                all.addAll(fragments);
                return all;
            }
        }
        return fragments;
    }

    private ToolFragment later(int call, List<ToolFragment> fragments) {
        if (fragments.size() == 1) {
            fragments.add(new ToolFragment(call, null));
        }
        return fragments.get(1 + random.nextInt(fragments.size() - 1));
    }

    /** Splits a name into two or three pieces, none of which repeats the beginning of the name. */
    private List<String> split(String name) {
        while (true) {
            List<String> pieces = new ArrayList<>();
            boolean clear = true;
            int count = 2 + random.nextInt(2);
            for (int at = 0; at < name.length(); ) {
                int left = name.length() - at;
                int length = pieces.size() == count - 1 ? left : 1 + random.nextInt(left);
                String piece = name.substring(at, at + length);
                clear &= at == 0 || !piece.startsWith(name.substring(0, at));
                pieces.add(piece);
                at += length;
            }
            if (clear && pieces.size() > 1) {
                return pieces;
            }
        }
    }

    /** Sets the ids of a call's fragments as this dialect does. Returns the call's id as JSON. */
    private String identified(List<ToolFragment> fragments) {
        String id = clash && !ids.isEmpty() ? ids.iterator().next() : newId();
        switch (dialect.id()) {
            case FIRST -> fragments.get(0).id = id;
            case EACH -> fragments.forEach(fragment -> fragment.id = id);
            case LATE -> later(fragments.get(0).call, fragments).id = id;
            case NONE -> {}
            case OWN -> {
                if (random.nextBoolean()) {
                    fragments.add(new ToolFragment(fragments.get(0).call, null));
                }
                fragments.get(0).id = id;
                fragments.stream().skip(1).forEach(fragment -> fragment.id = newId());
            }
        }
        return id;
    }

    private String newId() {
        String id;
        do {
            id = switch (random.nextInt(4)) {
                case 0 -> "\"call_" + random.nextInt(10) + "\"";
                case 1 -> "\"toolu_" + Long.toString(random.nextLong(), 36) + "\"";
                default -> "\"call_" + Long.toHexString(random.nextLong()) + "\"";
            };
            id = numbers ? Integer.toString(random.nextInt(1_000_000)) : id;
        } while (!ids.add(id));
        return id;
    }
}
