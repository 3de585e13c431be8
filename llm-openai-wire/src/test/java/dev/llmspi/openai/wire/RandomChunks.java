package dev.llmspi.openai.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The events of a random stream. Most chunks differ from the previous one only in their text. */
final class RandomChunks {

    private final Random random;
    private final RandomJson json;
    private final BadBytes bad;
    private final OddChunk odd;
    private final List<byte[]> events = new ArrayList<>();
    private final boolean severalChoices;
    private final boolean indexCounts;
    private ChunkShape shape;
    private boolean done;
    private int calls;

    RandomChunks(Random random) {
        this.random = random;
        this.json = new RandomJson(random);
        this.bad = new BadBytes(random);
        this.odd = new OddChunk(random);
        this.severalChoices = random.nextInt(20) == 0;
        this.indexCounts = !severalChoices && random.nextInt(20) == 0;
        this.shape = ChunkShape.any(random);
        int chunks = random.nextInt(8) == 0 ? 1 + random.nextInt(4) : 20 + random.nextInt(60);
        for (int i = 0; i < chunks && !done; i++) {
            next();
        }
        end();
    }

    /** Returns the events with their framing. */
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
            data(odd.chunk(indexCounts ? events.size() : 0));
        } else if (kind < 920) {
            changed();
        } else if (kind < 940) {
            toolCall();
        } else if (kind < 955) {
            data(chunk(delta(odd.thought())));
        } else if (kind < 965) {
            data("{\"choices\":[],\"usage\":" + odd.usage() + "}");
        } else if (kind < 985) {
            between();
        } else if (kind < 995) {
            broken();
        } else {
            data(chunk(
                    choice(0, "\"content\":" + odd.text()).replace("}}", "},\"finish_reason\":\"" + word() + "\"}")));
        }
    }

    private void text() {
        String text = random.nextInt(40) == 0 ? "\"\"" : odd.text();
        if (indexCounts) {
            data(chunk(choice(events.size(), "\"content\":" + text)));
        } else if (severalChoices && random.nextInt(4) != 0) {
            data(chunk(two(choice(1, "\"content\":" + odd.text()), choice(0, "\"content\":" + text))));
        } else {
            data(shape.chunk(text, random));
        }
    }

    private void data(String data) {
        data(data.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds an event with this data, with one field per line. */
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

    /**
     * Returns one or both of two choices, in any order. A choice that is alone is selected until a chunk has contained
     * both.
     */
    private String two(String other, String ours) {
        return switch (random.nextInt(20)) {
            case 0 -> other + "," + ours;
            case 1 -> ours + "," + other;
            default -> random.nextBoolean() ? other : ours;
        };
    }

    private String word() {
        return List.of("stop", "length", "content_filter", "eos", "tool_calls").get(random.nextInt(5));
    }

    /** Adds a comment, which may be sent as data, or blanks. They must not change the answer. */
    private void between() {
        switch (random.nextInt(5)) {
            case 0 -> events.add(bytes(": keep-alive\n\n"));
            case 1 -> data(": PROCESSING");
            case 2 -> data(" :\n{\"choices\":[{\"delta\":{\"content\":\"no\"}}]}");
            case 3 -> events.add(bytes("\n"));
            default -> data(" ");
        }
    }

    private void toolCall() {
        boolean opens = calls == 0 || random.nextInt(3) == 0;
        calls += opens ? 1 : 0;
        String head = opens ? "\"id\":\"call_" + calls + "\",\"type\":\"function\"," : "";
        // The fragments of a call form one object: each adds a member, and the last one closes it.
        String piece = opens ? "{\"k\":[0" : "," + RandomJson.compact(json.value());
        data(chunk(delta("\"content\":null,\"tool_calls\":[" + fragment(head, opens, piece) + "]")));
    }

    private String fragment(String head, boolean named, String arguments) {
        return "{\"index\":" + (calls - 1) + "," + head + "\"function\":{" + (named ? "\"name\":\"tool\"," : "")
                + "\"arguments\":" + json.quote(arguments) + "}}";
    }

    private void changed() {
        data(bad.changed(bytes(shape.chunk(odd.text(), random)), shape.textStart()));
    }

    /** Adds a broken chunk, which may be split into two events, followed by complete chunks that must be ignored. */
    private void broken() {
        boolean tool = random.nextInt(4) == 0;
        byte[] data = bytes(tool ? halfCall() : shape.chunk(odd.text(), random));
        int cut = bad.cut(data, shape.textStart());
        byte[] head = Arrays.copyOf(data, cut);
        byte[] rest = Arrays.copyOfRange(data, cut, data.length);
        switch (random.nextInt(tool ? 3 : 4)) {
            case 0 -> data(head);
            case 1 -> {
                data(head);
                data(rest); // the rest is a separate event
            }
            case 2 -> {
                data(head);
                events.add(BadBytes.spliced(bytes("\n\n"), 0, 0, rest));
            }
            default -> data(bad.spoilt(data, cut));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            text();
        }
        done = random.nextBoolean();
    }

    private String halfCall() {
        return chunk(delta("\"tool_calls\":[{\"index\":" + calls
                + ",\"id\":\"half\",\"function\":{\"name\":\"tool\",\"arguments\":\"{\\\"half\\\":[{}]}\"}}]"));
    }

    /** Sometimes finishes the stream. The last event may be truncated. */
    private void end() {
        int kind = random.nextInt(10);
        for (int i = 0; i < calls && kind > 1; i++) {
            data(chunk(delta("\"tool_calls\":[{\"index\":" + i + ",\"function\":{\"arguments\":\"]}\"}}]")));
        }
        if (kind > 2) {
            data("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + word() + "\"}]}");
        }
        if (random.nextBoolean()) {
            data("{\"choices\":[],\"usage\":" + odd.usage() + "}");
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
