package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests that chunks that match the template are not parsed, and that their stream's events are still the same. */
class ChunkTemplateTest {

    private static final String LAST =
            "{\"id\":\"g\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";

    private static final List<String> DELTAS = List.of(
            "\"content\":\"\"",
            "\"content\":null",
            "\"content\":\"a\\n\\\"b\\\"\\u00e4\"",
            "\"content\":\"Grüße 😀\"",
            "\"content\":\"one\",\"content\":\"two\"",
            "\"content\":\"one\",\"content\":\"\"",
            "\"content\":[{\"type\":\"text\",\"text\":\"part\"}]",
            "\"content\":\"said\",\"reasoning\":\"thought\"",
            "\"content\":\"said\",\"refusal\":\"no\"",
            "\"content\":\"said\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"t\",\"index\":0}]",
            "\"content\":\"said\",\"reasoning_details\":[]",
            "\"content\":\"said\",\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"d\","
                    + "\"index\":0}]",
            "\"content\":[{\"type\":\"text\",\"text\":\"part\"}],\"content\":\"said\"",
            "\"content\":\"said\",\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\","
                    + "\"arguments\":\"1\"}}]",
            "\"content\":\"said\",\"role\":\"assistant\"",
            "\"role\":\"assistant\",\"content\":\"said\"");

    private static final List<String> CHUNKS = List.of(
            "{\"id\":\"g\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{%s},\"finish_reason\":null}]}",
            "{\"id\":\"g\",\"choices\":[{\"delta\":{%s},\"index\":0}],\"model\":\"m\"}",
            "{\"id\":\"g\",\"choices\":[{\"delta\":{%s},\"native_finish_reason\":\"end\"}]}",
            "{\"id\":\"g\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2},\"choices\":[{\"delta\":{%s}}]}",
            "{\"id\":\"g\",\"choices\":[{\"index\":1,\"delta\":{\"content\":\"other\"}},{\"index\":0,\"delta\":{%s}}]}",
            "{\"id\":\"g\",\"error\":null,\"choices\":[{\"delta\":{%s},\"index\":1}]}",
            "{\"id\":\"g\",\"error\":{},\"choices\":[{\"delta\":{%s},\"error\":null}]}",
            "{\"id\":\"g\",\"choices\":[{\"index\":0,\"delta\":{%s},\"finish_reason\":\"stop\"}]}",
            "{\"id\":\"g\",\"choices\":[{\"index\":0,\"delta\":{%s},\"error\":{\"code\":502,\"message\":\"no\"}}]}",
            "{\"id\":\"g\",\"choices\":[{\"delta\":{\"content\":\"one\"}},{\"delta\":{%s}}]}",
            "{\"id\":\"g\",\ndata: \"choices\":[{\"delta\":{%s}}]}",
            "{\"id\":\"g\",\"service_tier\":\"flex\",\"x\":{\"y\":[1,2]},\"choices\":[{\"index\":0,\"delta\":{%s}}]}");

    private static ChatStream stream(List<String> chunks) {
        StringBuilder body = new StringBuilder();
        for (String chunk : chunks) {
            body.append("data: ").append(chunk).append("\n\n");
        }
        return StreamBytes.stream(body.append("data: [DONE]\n\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String text) {
        return CHUNKS.get(0).formatted("\"content\":\"" + text + "\"");
    }

    /** Returns everything that a stream yields: its events, the whole answer and the error. */
    private static List<Object> events(List<String> chunks) {
        List<Object> events = new ArrayList<>();
        try (ChatStream stream = stream(chunks)) {
            try {
                stream.iterator().forEachRemaining(events::add);
            } catch (LlmException e) {
                events.add(e.reason());
            }
            ChatResponse whole = stream.partial();
            events.add(whole.message());
            events.add(whole.usage());
            events.add(whole.metadata());
            events.add(whole.rawFinishReason());
        }
        return events;
    }

    /** Returns the same chunks with a growing number of blanks, so that no two of them match. */
    private static List<String> neverAlike(List<String> chunks) {
        List<String> unlike = new ArrayList<>();
        for (String chunk : chunks) {
            unlike.add("{" + " ".repeat(unlike.size()) + chunk.substring(1));
        }
        return unlike;
    }

    @Test
    void stream_withAndWithoutMatchingChunks_sameEvents() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 150; i++) {
            List<String> chunks = new ArrayList<>();
            String chunk = CHUNKS.get(0);
            for (int j = random.nextInt(20); j >= 0; j--) {
                chunk = random.nextInt(5) == 0 ? CHUNKS.get(random.nextInt(CHUNKS.size())) : chunk;
                String delta = random.nextBoolean()
                        ? "\"content\":\"piece " + j + "\""
                        : DELTAS.get(random.nextInt(DELTAS.size()));
                chunks.add(chunk.formatted(delta));
            }
            chunks.add(LAST);
            assertEquals(events(neverAlike(chunks)), events(chunks), () -> "seed " + seed + ": " + chunks);
        }
    }

    @Test
    void collect_chunkWithMoreThanText_isDecoded() {
        List<String> chunks = List.of(text("a"), text("b"), text("c\",\"refusal\":\"no"), text("d"), LAST);

        try (ChatStream stream = stream(chunks)) {
            assertEquals("abcd", stream.collect().text());
        }
        assertEquals(events(neverAlike(chunks)), events(chunks));
    }

    @Test
    void collect_moreTextThanAllowedInMatchingChunks_tooLarge() {
        List<String> chunks = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            chunks.add(text("x".repeat(4_000)));
        }
        chunks.add(LAST);

        try (ChatStream stream = stream(chunks)) {
            LlmException error = assertThrows(LlmException.class, stream::collect);
            assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
        }
    }

    /** Returns a template that has learned from two chunks. */
    private static ChunkTemplate template(String chunk, String text) {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, chunk, text);
        learn(template, chunk.replace(text, "another"), "another");
        return template;
    }

    private static void learn(ChunkTemplate template, String chunk, @Nullable String text) {
        byte[] bytes = bytes(chunk);
        template.learn(bytes, 0, bytes.length, decoded(text));
    }

    /** @param text the text, or null for a chunk that contains something else */
    private static Chunk decoded(@Nullable String text) {
        Chunk chunk = new Chunk();
        Chunk.Choice choice = chunk.nextChoice(0);
        if (text == null) {
            choice.pieces.add(new Chunk.Refusal("no"));
        } else {
            choice.addText(text);
        }
        chunk.keep();
        return chunk;
    }

    private static byte[] bytes(String chunk) {
        return chunk.getBytes(StandardCharsets.UTF_8);
    }

    private static String textOf(ChunkTemplate template, String chunk) {
        byte[] bytes = bytes("....." + chunk + ".");
        return template.text(bytes, 5, bytes.length - 6);
    }

    @Test
    void text_matchingChunk_isReturned() {
        ChunkTemplate template = template("{\"a\":\"one\",\"b\":1}", "one");

        assertEquals("two", textOf(template, "{\"a\":\"two\",\"b\":1}"));
        assertEquals("x", textOf(template, "{\"a\":\"x\",\"b\":1}"));
        assertEquals("longer, {[]}:", textOf(template, "{\"a\":\"longer, {[]}:\",\"b\":1}"));
        assertEquals("zw\u00f6lf \uD83D\uDE00", textOf(template, "{\"a\":\"zw\u00f6lf \uD83D\uDE00\",\"b\":1}"));
    }

    @Test
    void text_anyOtherChunk_isNull() {
        ChunkTemplate template = template("{\"a\":\"one\",\"b\":1}", "one");

        for (String other : List.of(
                "{\"a\":\"\",\"b\":1}",
                "{\"a\":\"",
                "",
                "{\"c\":\"two\",\"b\":1}",
                "{\"a\":\"two\",\"b\":2}",
                "{\"a\":\"two\",\"b\":1} ",
                "{\"a\":\"t\\\"wo\",\"b\":1}",
                "{\"a\":\"t\\wo\",\"b\":1}",
                "{\"a\":\"two\",\"a\":\"three\",\"b\":1}",
                "{\"a\":\"tw\n\",\"b\":1}")) {
            assertNull(textOf(template, other), other);
        }
        assertNull(textOf(new ChunkTemplate(), "{\"a\":\"two\",\"b\":1}"));
    }

    @Test
    void text_invalidUtf8_isNull() {
        ChunkTemplate template = template("{\"a\":\"one\"}", "one");
        byte[] bytes = bytes("{\"a\":\"t..o\"}");
        bytes[7] = (byte) 0xC0; // "/" encoded in two bytes, although it needs only one
        bytes[8] = (byte) 0xAF;

        assertNull(template.text(bytes, 0, bytes.length));
    }

    /** The last value of an object counts, whichever chunk contains it. */
    @Test
    void stream_objectInEachChunk_isDecodedEachTime() {
        List<String> chunks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            chunks.add("{\"usage\":{\"completion_tokens\":" + i % 3 + "},\"choices\":[{\"delta\":{\"content\":\"a" + i
                    + "\"}}]}");
        }
        chunks.add(LAST);
        assertEquals(events(neverAlike(chunks)), events(chunks));
    }

    @Test
    void learn_twoChunksWithDifferentTexts_confirmThePosition() {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, "{\"a\":\"one\"}", "one");
        assertNull(textOf(template, "{\"a\":\"two\"}"), "one chunk proves nothing");
        learn(template, "{\"a\":\"one\"}", "one");
        assertNull(textOf(template, "{\"a\":\"two\"}"), "the same text again proves nothing");
        learn(template, "{\"a\":\"three\"}", "three");
        assertEquals("two", textOf(template, "{\"a\":\"two\"}"));
    }

    /** The text is escaped, and another member contains the same text without an escape. */
    @Test
    void learn_memberWithTheValueOfAnEscapedText_isNotTakenForIt() {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, "{\"b\":\"A\",\"a\":\"\\u0041\"}", "A");
        learn(template, "{\"b\":\"B\",\"a\":\"\\u0042\"}", "B");
        learn(template, "{\"b\":\"C\",\"a\":\"\\u0042\"}", "B");

        assertNull(textOf(template, "{\"b\":\"D\",\"a\":\"\\u0042\"}"));
        assertNull(textOf(template, "{\"b\":\"D\",\"a\":\"\\u0041\"}"));
    }

    @Test
    void learn_textThatOccursTwice_isIgnored() {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, "{\"a\":\"a\"}", "a");
        learn(template, "{\"a\":\"b\"}", "b");
        assertNull(textOf(template, "{\"a\":\"c\"}"), "the first text occurred twice");
        learn(template, "{\"a\":\"c\"}", "c");
        assertEquals("d", textOf(template, "{\"a\":\"d\"}"));
    }

    @Test
    void learn_chunkWithMoreThanText_isIgnored() {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, "{\"a\":\"one\"}", "one");
        learn(template, "{\"a\":\"two\"}", null);
        assertNull(textOf(template, "{\"a\":\"three\"}"));
    }

    @Test
    void learn_chunkWithTwoChoices_stopsForGood() {
        ChunkTemplate template = template("{\"a\":\"one\"}", "one");
        Chunk several = decoded("one");
        several.nextChoice(1);
        template.learn(bytes("{}"), 0, 2, several);
        assertNull(textOf(template, "{\"a\":\"two\"}"));
        learn(template, "{\"a\":\"one\"}", "one");
        learn(template, "{\"a\":\"two\"}", "two");
        assertNull(textOf(template, "{\"a\":\"three\"}"));
    }

    /** If a server's chunks always differ, the template stops learning after a few attempts. */
    @Test
    void learn_chunksThatAlwaysDiffer_givesUp() {
        ChunkTemplate template = new ChunkTemplate();
        for (int i = 0; i < 100; i++) {
            learn(template, "{\"n\":" + i + ",\"a\":\"one\"}", "one");
        }
        learn(template, "{\"a\":\"one\"}", "one");
        learn(template, "{\"a\":\"two\"}", "two");
        assertNull(textOf(template, "{\"a\":\"three\"}"), "the template has given up");
    }
}
