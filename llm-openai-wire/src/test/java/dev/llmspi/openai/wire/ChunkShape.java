package dev.llmspi.openai.wire;

import java.util.List;
import java.util.Random;

/**
 * A chunk with a place for its text, {@code %s}; where there are several places, the same text stands in all or in the
 * last.
 */
record ChunkShape(String chunk) {

    /** Names that mean something elsewhere in a chunk, and nothing there. */
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
            new ChunkShape(
                    "{\"id\":\"g1\",\"model\":\"m-1\",\"system_fingerprint\":\"fp\",\"choices\":[{\"index\":0,\"delta\":"
                            + "{\"role\":\"assistant\",\"content\":%s},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}"),
            new ChunkShape("{\"choices\":[{\"delta\":{\"content\":%s}}]}"),
            new ChunkShape(
                    "{\"choices\":[{\"delta\":{\"content\":%s},\"index\":0,\"native_finish_reason\":null}],\"id\":\"g\"}"),
            new ChunkShape("{\"id\":\"g\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}"),
            new ChunkShape(
                    "{\"x\":{\"choices\":[{\"delta\":{\"content\":\"no\"}}]},\"choices\":[{\"index\":0,\"delta\":"
                            + "{\"meta\":{\"content\":\"no\"},\"content\":%s}}]}"),
            new ChunkShape(
                    "{\"id\":\"g\",\"choices\":[{\"index\":0,\"logprobs\":{\"content\":[{\"token\":%s,\"logprob\":-0.5}]},"
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

    /** @param text as JSON */
    String chunk(String text, Random random) {
        int last = chunk.lastIndexOf("%s");
        boolean same = random.nextInt(20) != 0;
        return chunk.substring(0, last).replace("%s", same ? text : "\"other\"") + text + chunk.substring(last + 2);
    }

    /** Where the text begins, behind its quotation mark, if it stands in the chunk once. */
    int textStart() {
        return chunk.indexOf("%s") + 1;
    }
}
