package dev.llmspi.openai.wire;

import java.util.List;
import java.util.Random;

/**
 * A template for chunks, with the placeholder {@code %s} for the text. If there are several placeholders, the text
 * replaces either all of them or only the last one.
 */
record ChunkShape(String chunk) {

    /** Members that have a meaning elsewhere in a chunk but not at the top level. */
    static final String[] TOP_EXTRAS = {
        "content",
        "delta",
        "tool_calls",
        "finish_reason",
        "reasoning",
        "index",
        "name",
        "arguments",
        "system_fingerprint",
        "x",
        "created"
    };

    static final String[] CHOICE_EXTRAS = {
        "content", "choices", "tool_calls", "reasoning", "logprobs", "arguments", "id", "name", "object", "stop_reason"
    };

    static final String[] DELTA_EXTRAS = {
        "text", "delta", "choices", "finish_reason", "usage", "index", "id", "arguments", "function", "logprobs", "role"
    };

    private static final List<ChunkShape> SHAPES = List.of(
            new ChunkShape(
                    "{\"id\":\"g1\",\"object\":\"chat.completion.chunk\",\"created\":17,\"model\":\"m-1\",\"choices\":"
                            + "[{\"index\":0,\"delta\":{\"content\":%s},\"finish_reason\":null}]}"),
            new ChunkShape("{\"id\":\"g1\",\"model\":\"m-1\",\"system_fingerprint\":\"fp\",\"choices\":[{\"index\":0,"
                    + "\"delta\":"
                    + "{\"role\":\"assistant\",\"content\":%s},\"logprobs\":null,"
                    + "\"finish_reason\":null}],\"usage\":null}"),
            new ChunkShape("{\"choices\":[{\"delta\":{\"content\":%s}}]}"),
            new ChunkShape("{\"choices\":[{\"delta\":{\"content\":%s},\"index\":0,\"native_finish_reason\":null}],"
                    + "\"id\":\"g\"}"),
            new ChunkShape("{\"id\":\"g\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}"),
            new ChunkShape(
                    "{\"x\":{\"choices\":[{\"delta\":{\"content\":\"no\"}}]},\"choices\":[{\"index\":0,\"delta\":"
                            + "{\"meta\":{\"content\":\"no\"},\"content\":%s}}]}"),
            new ChunkShape("{\"id\":\"g\",\"choices\":[{\"index\":0,\"logprobs\":{\"content\":[{\"token\":%s,"
                    + "\"logprob\":-0.5}]},"
                    + "\"delta\":{\"content\":%s}}]}"),
            new ChunkShape("{\"id\":\"g\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%s},"
                    + "\"logprobs\":{\"content\":[{\"token\":%s}]}}]}"),
            new ChunkShape("{\"content\":%s,\"choices\":[{\"index\":0,\"content\":%s,\"delta\":{\"content\":%s}}]}"),
            new ChunkShape(
                    "{ \"choices\" : [ {\"index\": 0, \"delta\": { \"content\": %s }, \"finish_reason\": null } ] } "),
            new ChunkShape("{\"choices\":[{\"index\":0,\"delta\":{\"c\\u006Fntent\":%s}}]}"),
            new ChunkShape("{\"choices\":[{\"index\":0,\"delta\":{\"content\":null,\"content\":%s}}]}"),
            new ChunkShape(
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":%s,\"content\":\"\"},\"finish_reason\":\"\"}]}"),
            new ChunkShape("{\"choices\":[],\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}],\"error\":null}"));

    static ChunkShape any(Random random) {
        return SHAPES.get(random.nextInt(random.nextBoolean() ? SHAPES.size() : 4));
    }

    /** @param text the text as a JSON string */
    String chunk(String text, Random random) {
        int last = chunk.lastIndexOf("%s");
        boolean same = random.nextInt(20) != 0;
        return chunk.substring(0, last).replace("%s", same ? text : "\"other\"") + text + chunk.substring(last + 2);
    }

    /** Returns the index at which the text begins after its quotation mark, in a chunk that contains the text once. */
    int textStart() {
        return chunk.indexOf("%s") + 1;
    }
}
