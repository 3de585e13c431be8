package dev.llmspi.openai.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The events of a random stream. Most chunks are like the one before and differ in their text only. */
final class RandomChunks {

    /** Bytes that are no UTF-8, and some at its edges that are. */
    private static final String[] BYTES = {
        "C080",
        "C0AF",
        "C1BF",
        "E08080",
        "E09FBF",
        "F0808080",
        "F08FBFBF",
        "EDA080",
        "EDBFBF",
        "EDA0BDEDB880",
        "F4908080",
        "F5808080",
        "F888808080",
        "FF",
        "FE",
        "80",
        "BF",
        "C3",
        "E282",
        "F09F98",
        "EFBFBF",
        "EFBFBD",
        "F48FBFBF",
        "C280",
        "E0A080",
        "ED9FBF",
        "F0908080",
        "EFBBBF",
        "00",
        "1F",
        "7F"
    };

    private static final String[] TEXTS = {
        "Hello",
        " world",
        ",",
        ".",
        " the",
        "The quick brown fox",
        "\n",
        "ü",
        "😀",
        "日本",
        "}",
        "{",
        "\"",
        "\\",
        "]}",
        "\"}}]}",
        "null",
        "[DONE]",
        "data: ",
        "{\"choices\":[]}",
        ":",
        "\uFFFD",
        "\u2028",
        "a\\u0041",
        "0",
        " "
    };

    private static final String[] BROKEN = {
        "", "}", "{", "]", ",", "x", "{}", " {}", "\"", ":", "//", "null", "\u0000", "\uFEFF", "[]", "1"
    };

    private final Random random;
    private final RandomJson json;
    private final List<byte[]> events = new ArrayList<>();
    private final boolean severalChoices;
    private final boolean indexCounts;
    private ChunkShape shape;
    private boolean done;
    private int calls;

    RandomChunks(Random random) {
        this.random = random;
        this.json = new RandomJson(random);
        this.severalChoices = random.nextInt(20) == 0;
        this.indexCounts = !severalChoices && random.nextInt(20) == 0;
        this.shape = ChunkShape.any(random);
        int chunks = random.nextInt(8) == 0 ? 1 + random.nextInt(4) : 20 + random.nextInt(60);
        if (severalChoices) {
            data("{\"choices\":[" + choice(1, "\"content\":\"not \"") + "," + choice(0, "\"content\":\"ours \"")
                    + "]}");
        }
        for (int i = 0; i < chunks && !done; i++) {
            next();
        }
        end();
    }

    /** Each event with the lines that frame it. */
    List<byte[]> events() {
        return events;
    }

    private void next() {
        int kind = random.nextInt(1000);
        if (kind < 850) {
            text();
        } else if (kind < 870) {
            shape = ChunkShape.any(random);
            text();
        } else if (kind < 900) {
            odd();
        } else if (kind < 920) {
            changed();
        } else if (kind < 940) {
            toolCall();
        } else if (kind < 955) {
            data(chunk(delta("\"" + (random.nextBoolean() ? "reasoning" : "reasoning_content") + "\":" + quoted())));
        } else if (kind < 965) {
            data("{\"choices\":[],\"usage\":" + usage() + "}");
        } else if (kind < 985) {
            between();
        } else if (kind < 995) {
            broken();
        } else {
            data(chunk(choice(0, "\"content\":" + quoted()).replace("}}", "},\"finish_reason\":\"" + word() + "\"}")));
        }
    }

    private String quoted() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.append(TEXTS[random.nextInt(TEXTS.length)]);
        }
        return json.quote(random.nextInt(50) == 0 ? json.text() : text.toString());
    }

    private void text() {
        String text = random.nextInt(40) == 0 ? "\"\"" : quoted();
        if (indexCounts) {
            data(chunk(choice(events.size(), "\"content\":" + text)));
        } else if (severalChoices && random.nextInt(3) == 0) {
            data(chunk(choice(1, "\"content\":" + text)));
        } else {
            data(shape.chunk(text, random));
        }
    }

    private void data(String data) {
        data(data.getBytes(StandardCharsets.UTF_8));
    }

    /** An event with these data; where they have several lines, so has the event. */
    private void data(byte[] data) {
        ByteArrayOutputStream event = new ByteArrayOutputStream(data.length + 16);
        event.writeBytes(bytes(random.nextInt(50) == 0 ? "event: message\ndata:" : "data: "));
        for (byte b : data) {
            event.write(b);
            if (b == '\n') {
                event.writeBytes(bytes("data: "));
            }
        }
        event.writeBytes(bytes(random.nextInt(50) == 0 ? "\r\n\r\n" : "\n\n"));
        events.add(event.toByteArray());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String chunk(String choice) {
        return "{\"id\":\"g\",\"object\":\"chat.completion.chunk\",\"choices\":[" + choice + "]}";
    }

    private String delta(String members) {
        return choice(indexCounts ? events.size() : 0, members);
    }

    private static String choice(int index, String delta) {
        return "{\"index\":" + index + ",\"delta\":{" + delta + "}}";
    }

    private String word() {
        return List.of("stop", "length", "content_filter", "eos", "tool_calls").get(random.nextInt(5));
    }

    private String usage() {
        return switch (random.nextInt(8)) {
            case 0 -> "null";
            case 1 -> "{}";
            case 2 -> "{\"prompt_tokens\":null,\"completion_tokens\":1e2}";
            case 3 -> "{\"prompt_tokens\":1,\"prompt_tokens\":2,\"x\":[{}]}";
            default ->
                "{\"prompt_tokens\":" + random.nextInt(9) + ",\"completion_tokens\":" + random.nextInt(99)
                        + ",\"total_tokens\":7.0}";
        };
    }

    /** Comments, and comments that were sent as data. */
    private void between() {
        switch (random.nextInt(5)) {
            case 0 -> events.add(bytes(": keep-alive\n\n"));
            case 1 -> data(": PROCESSING");
            case 2 -> data(" :\n{\"choices\":[{\"delta\":{\"content\":\"no\"}}]}");
            case 3 -> events.add(bytes("\n"));
            default -> data(" ");
        }
    }

    /** A chunk whose members stand in any order, with others of any type between them, some of them twice. */
    private void odd() {
        List<String> delta = new ArrayList<>();
        add(delta, ChunkShape.DELTA_EXTRAS);
        if (random.nextInt(8) != 0) {
            delta.add(name("content") + ":" + content());
        }
        if (random.nextInt(10) == 0) {
            delta.add(name("content") + ":" + quoted());
        }
        List<String> choice = new ArrayList<>();
        add(choice, ChunkShape.CHOICE_EXTRAS);
        choice.add(name("delta") + ":" + object(delta));
        choice.add(random.nextInt(3) == 0 ? "\"index\":null" : "\"index\":" + (indexCounts ? events.size() : 0));
        if (random.nextInt(10) == 0) {
            choice.add("\"delta\":{\"content\":" + quoted() + "}");
        }
        if (random.nextInt(10) == 0) {
            choice.add("\"usage\":" + usage());
        }
        if (random.nextInt(4) == 0) {
            choice.add("\"finish_reason\":"
                    + List.of("null", "\"\"", "\" \"", "17", "{}").get(random.nextInt(5)));
        }
        List<String> members = new ArrayList<>();
        add(members, ChunkShape.TOP_EXTRAS);
        String before = random.nextInt(10) == 0
                ? List.of("null,", "[],", "5,", "\"x\",").get(random.nextInt(4))
                : "";
        members.add(name("choices") + ":[" + before + object(choice) + "]");
        if (random.nextInt(10) == 0) {
            members.add("\"usage\":" + usage());
        }
        data(object(members).replace("\r\n", "\n"));
    }

    private String content() {
        return switch (random.nextInt(12)) {
            case 0 -> "null";
            case 1 -> "\"\"";
            case 2 -> "[{\"type\":\"text\",\"text\":" + quoted() + "},{\"type\":\"image\"}]";
            case 3 -> "[" + quoted() + "," + quoted() + "]";
            case 4 -> random.nextInt(4) == 0 ? "17" : "[]";
            default -> quoted();
        };
    }

    /** A name, with an escape now and then. */
    private String name(String name) {
        return random.nextInt(6) == 0 ? json.quote(name) : "\"" + name + "\"";
    }

    private void add(List<String> members, String[] names) {
        for (int i = random.nextInt(4); i > 0; i--) {
            members.add("\"" + names[random.nextInt(names.length)] + "\":" + json.wild(json.value()));
        }
    }

    private String object(List<String> members) {
        if (random.nextBoolean()) {
            Collections.shuffle(members, random);
        }
        String blank = random.nextInt(4) == 0 ? List.of(" ", "\n", "\t ", "  ").get(random.nextInt(4)) : "";
        return "{" + blank + String.join(blank + "," + blank, members) + blank + "}";
    }

    private void toolCall() {
        boolean opens = calls == 0 || random.nextInt(3) == 0;
        calls += opens ? 1 : 0;
        String head = opens ? "\"id\":\"call_" + calls + "\",\"type\":\"function\"," : "";
        // The pieces of a call are one object in the end: each adds a member, and the last closes it.
        String piece = opens ? "{\"k\":[0" : "," + RandomJson.compact(json.value());
        data(chunk(delta("\"content\":null,\"tool_calls\":[" + fragment(head, opens, piece) + "]")));
    }

    private String fragment(String head, boolean named, String arguments) {
        return "{\"index\":" + (calls - 1) + "," + head + "\"function\":{" + (named ? "\"name\":\"tool\"," : "")
                + "\"arguments\":" + json.quote(arguments) + "}}";
    }

    /** A chunk like the others but for one byte, or for some bytes that may be no UTF-8. */
    private void changed() {
        byte[] data = bytes(shape.chunk(quoted(), random));
        int at = random.nextInt(data.length);
        byte[] other = {(byte) (random.nextInt(8) == 0 ? random.nextInt(256) : ' ' + random.nextInt(95))};
        switch (random.nextInt(4)) {
            case 0 -> data = spliced(data, at, at + 1, other);
            case 1 -> data = spliced(data, at, at, other);
            case 2 -> data = spliced(data, at, at + 1, new byte[0]);
            default -> {
                String hex = BYTES[random.nextInt(BYTES.length)];
                byte[] sequence = new byte[hex.length() / 2];
                for (int i = 0; i < sequence.length; i++) {
                    sequence[i] = (byte) Integer.parseInt(hex, 2 * i, 2 * i + 2, 16);
                }
                int within = shape.textStart() + random.nextInt(3);
                int where = random.nextInt(3) == 0 ? at : Math.min(within, data.length);
                data = spliced(data, where, where, sequence);
            }
        }
        data(data);
    }

    private static byte[] spliced(byte[] data, int from, int to, byte[] between) {
        byte[] spliced = Arrays.copyOf(data, data.length - (to - from) + between.length);
        System.arraycopy(between, 0, spliced, from, between.length);
        System.arraycopy(data, to, spliced, from + between.length, data.length - to);
        return spliced;
    }

    /** An event that is no chunk, and whole chunks behind it that must not count. */
    private void broken() {
        byte[] data = bytes(
                random.nextInt(4) == 0
                        ? chunk(delta("\"tool_calls\":[" + fragment("\"id\":\"half\",", true, "{\"half\":1}") + "]"))
                        : shape.chunk(quoted(), random));
        int cut = cut(data);
        byte[] head = Arrays.copyOf(data, cut);
        switch (random.nextInt(4)) {
            case 0 -> data(head);
            case 1 -> {
                data(head);
                data(Arrays.copyOfRange(data, cut, data.length)); // the rest as an event of its own
            }
            case 2 -> {
                data(head);
                events.add(spliced(bytes("\n\n"), 0, 0, Arrays.copyOfRange(data, cut, data.length)));
            }
            default ->
                data(spliced(
                        data,
                        cut,
                        random.nextInt(3) == 0 ? data.length : cut,
                        bytes(BROKEN[random.nextInt(BROKEN.length)])));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            text();
        }
        done = random.nextBoolean();
    }

    /** Where to cut: behind something that is nested, in the text, or anywhere. */
    private int cut(byte[] data) {
        int at = 1 + random.nextInt(data.length - 1);
        int kind = random.nextInt(3);
        if (kind == 1) {
            return Math.min(data.length - 1, shape.textStart() + 1);
        }
        while (kind == 0 && at < data.length - 1 && data[at - 1] != '}' && data[at - 1] != ']') {
            at++;
        }
        return at;
    }

    /** Finishes the stream, or does not; the last event may be half of one. */
    private void end() {
        int kind = random.nextInt(10);
        for (int i = 0; i < calls && kind > 1; i++) {
            data(chunk(delta("\"tool_calls\":[{\"index\":" + i + ",\"function\":{\"arguments\":\"]}\"}}]")));
        }
        if (kind > 2) {
            data("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + word() + "\"}]}");
        }
        if (random.nextBoolean()) {
            data("{\"choices\":[],\"usage\":" + usage() + "}");
        }
        if (random.nextInt(3) == 0) {
            data("[DONE]");
        } else if (random.nextBoolean()) {
            broken();
        }
        if (random.nextInt(3) == 0) {
            byte[] last = events.get(events.size() - 1);
            int left = random.nextInt(4) == 0 ? last.length - 2 : random.nextInt(last.length);
            events.set(events.size() - 1, Arrays.copyOf(last, Math.max(0, left)));
        }
    }
}
