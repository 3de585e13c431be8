package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random values for chunks, and unusual chunks. */
final class OddChunk {

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

    private final Random random;
    private final RandomJson json;

    OddChunk(Random random) {
        this.random = random;
        this.json = new RandomJson(random);
    }

    /** Returns a random text as a JSON string. */
    String text() {
        StringBuilder words = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            words.append(TEXTS[random.nextInt(TEXTS.length)]);
        }
        return json.quote(random.nextInt(50) == 0 ? json.text() : words.toString());
    }

    /** Returns the usage in one of its forms, or nothing. */
    String usage() {
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

    /** Returns a delta without content: reasoning under one or two names, or a refusal. */
    String thought() {
        String text = text();
        return switch (random.nextInt(6)) {
            case 0 -> "\"reasoning\":" + text + ",\"content\":" + text() + ",\"reasoning_content\":" + text;
            case 1 -> "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":" + text + ",\"index\":0}]";
            case 2 -> "\"reasoning\":" + text + ",\"reasoning_details\":[{\"text\":" + text + ",\"index\":0},{}]";
            case 3 -> "\"content\":null,\"refusal\":" + text;
            case 4 -> "\"reasoning_content\":" + text;
            default -> "\"content\":\"\",\"reasoning\":" + text;
        };
    }

    /** Returns a chunk with its members in random order, some of them twice, and other members between them. */
    String chunk(int index) {
        List<String> delta = new ArrayList<>();
        add(delta, ChunkShape.DELTA_EXTRAS);
        if (random.nextInt(8) != 0) {
            delta.add(name("content") + ":" + content());
        }
        if (random.nextInt(10) == 0) {
            delta.add(name("content") + ":" + text());
        }
        List<String> choice = new ArrayList<>();
        add(choice, ChunkShape.CHOICE_EXTRAS);
        choice.add(name("delta") + ":" + object(delta));
        choice.add(random.nextInt(3) == 0 ? "\"index\":null" : "\"index\":" + index);
        if (random.nextInt(10) == 0) {
            choice.add("\"delta\":{\"content\":" + text() + "}");
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
        return object(members).replace("\r\n", "\n");
    }

    private String content() {
        return switch (random.nextInt(12)) {
            case 0 -> "null";
            case 1 -> "\"\"";
            case 2 -> "[{\"type\":\"text\",\"text\":" + text() + "},{\"type\":\"image\"}]";
            case 3 -> "[" + text() + "," + text() + "]";
            case 5 ->
                "[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":" + text() + "}]},{\"text\":"
                        + text() + "}]";
            case 4 -> random.nextInt(4) == 0 ? "17" : "[]";
            default -> text();
        };
    }

    /** Returns a member name, sometimes with an escape sequence. */
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
}
