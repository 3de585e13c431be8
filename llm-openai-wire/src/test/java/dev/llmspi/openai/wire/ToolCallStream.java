package dev.llmspi.openai.wire;

import dev.llmspi.openai.wire.ToolCallDialect.Id;
import dev.llmspi.openai.wire.ToolCallDialect.Index;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A random stream with tool calls. It determines the order of their fragments and the bytes around them. */
final class ToolCallStream {

    final ToolCallDialect dialect;
    final List<SpokenToolCalls.Expected> expected;
    final String text;
    final String body;
    final int[] cuts;

    private final Random random;
    private final List<Integer> indexes = new ArrayList<>();
    private final StringBuilder out = new StringBuilder();
    private final String lineEnd;
    private final boolean indexAsText;

    ToolCallStream(ToolCallDialect dialect, Random random) {
        this.dialect = dialect;
        this.random = random;
        int count = random.nextInt(6);
        SpokenToolCalls spoken = new SpokenToolCalls(dialect, count, random);
        this.expected = spoken.expected;
        this.lineEnd = random.nextInt(6) == 0 ? "\r\n" : "\n";
        this.indexAsText = random.nextInt(10) == 0;
        boolean fromZero = random.nextInt(4) != 0;
        int index = fromZero ? 0 : random.nextInt(5);
        for (int i = 0; i < count; i++) {
            indexes.add(dialect.index() == Index.ZERO ? 0 : index);
            index += fromZero ? 1 : 1 + random.nextInt(2);
        }
        this.text = count == 0 || random.nextInt(3) == 0 ? "Let me look. " : "";
        write(lists(spoken));
        this.body = out.toString();
        byte[] bytes = bytes();
        this.cuts = bytes.length < 2
                ? new int[0]
                : random.ints(random.nextInt(20) == 0 ? bytes.length / 2 : random.nextInt(4), 1, bytes.length)
                        .sorted()
                        .toArray();
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the {@code tool_calls} lists in order, each as the JSON of its elements. */
    private List<List<String>> lists(SpokenToolCalls spoken) {
        List<Deque<ToolFragment>> left = new ArrayList<>();
        spoken.calls.forEach(call -> left.add(new ArrayDeque<>(call)));
        if (dialect.index() == Index.PLACE) {
            return byPlace(left);
        }
        List<ToolFragment> all = spoken.mixed ? mixed(left) : new ArrayList<>();
        left.forEach(all::addAll);
        all.addAll(spoken.behind);
        boolean alone = dialect.index() == Index.NONE && dialect.id() != Id.EACH;
        List<List<String>> lists = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (alone || i == 0 || random.nextInt(3) != 0) {
                lists.add(new ArrayList<>());
            }
            lists.get(lists.size() - 1).add(json(all.get(i)));
        }
        return lists;
    }

    private String json(ToolFragment fragment) {
        String index = dialect.index() == Index.NONE || dialect.index() == Index.PLACE
                ? null
                : indexes.get(fragment.call).toString();
        return fragment.json(index != null && indexAsText ? "\"" + index + "\"" : index, random);
    }

    /** Returns the fragments of several calls in alternation. The calls start in order. */
    private List<ToolFragment> mixed(List<Deque<ToolFragment>> left) {
        List<ToolFragment> mixed = new ArrayList<>();
        int opened = 0;
        while (opened < left.size() || random.nextInt(10) != 0 && !left.stream().allMatch(Deque::isEmpty)) {
            int call = random.nextInt(Math.min(opened + 1, left.size()));
            ToolFragment next = left.get(call).poll();
            opened += call == opened ? 1 : 0;
            if (next != null) {
                mixed.add(next);
            }
        }
        return mixed;
    }

    /**
     * Returns lists of which the first one starts all calls. Later lists have an empty element for a call without a new
     * fragment.
     */
    private List<List<String>> byPlace(List<Deque<ToolFragment>> left) {
        List<List<String>> lists = new ArrayList<>();
        while (!left.stream().allMatch(Deque::isEmpty)) {
            List<String> list = new ArrayList<>();
            int needed = 0;
            for (int i = 0; i < left.size(); i++) {
                boolean speaks = lists.isEmpty() || random.nextInt(3) != 0;
                ToolFragment next = speaks ? left.get(i).poll() : null;
                needed = next == null ? needed : i + 1;
                list.add(next == null ? new ToolFragment(i, null).json(null, random) : json(next));
            }
            // Empty elements at the end of a list may be omitted.
            lists.add(random.nextBoolean() ? list : list.subList(0, needed));
        }
        return lists;
    }

    private void write(List<List<String>> lists) {
        if (random.nextBoolean()) {
            chunk("\"role\":\"assistant\",\"content\":" + (random.nextBoolean() ? "\"\"" : "null"), null);
        }
        if (!text.isEmpty()) {
            chunk("\"content\":\"" + text + "\"", null);
        }
        String word = "\""
                + List.of("tool_calls", "stop", "tool_calls", "function_call").get(random.nextInt(4)) + "\"";
        boolean together = !lists.isEmpty() && random.nextInt(4) == 0;
        for (int i = 0; i < lists.size(); i++) {
            noise();
            String content = List.of("", "\"content\":null,", "\"content\":\"\",", "\"role\":\"assistant\",")
                    .get(random.nextInt(4));
            boolean last = together && i == lists.size() - 1;
            chunk(content + "\"tool_calls\":[" + String.join(",", lists.get(i)) + "]", last ? word : null);
        }
        noise();
        if (!together) {
            chunk(random.nextBoolean() ? "" : "\"content\":\"\"", word);
        }
        if (random.nextBoolean()) {
            event("{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":9}}");
        }
        if (random.nextInt(4) != 0) {
            event("[DONE]");
        }
    }

    private void noise() {
        switch (random.nextInt(12)) {
            case 0 -> out.append(": keep-alive").append(lineEnd).append(lineEnd);
            case 1 -> chunk("", null);
            case 2 -> chunk("\"role\":\"assistant\"", null);
            case 3 -> chunk("\"tool_calls\":" + (random.nextBoolean() ? "[]" : "null"), null);
            case 4 -> event("{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}");
            default -> {}
        }
    }

    private void chunk(String delta, @Nullable String finish) {
        event("{\"id\":\"g\",\"object\":\"chat.completion.chunk\",\"model\":\"m-1\",\"choices\":[{\"index\":0,"
                + "\"delta\":{"
                + delta + "},\"finish_reason\":" + finish + "}]}");
    }

    private void event(String data) {
        out.append("data: ").append(data).append(lineEnd).append(lineEnd);
    }

    /** Returns a description of the calls, with everything that is needed to reproduce the stream. */
    @Override
    public String toString() {
        return dialect + "\nexpected: " + expected + "\ncuts: " + Arrays.toString(cuts) + "\n" + body;
    }
}
