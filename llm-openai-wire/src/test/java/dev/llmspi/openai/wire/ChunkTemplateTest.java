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

/** Chunks that are alike are not parsed each time; what comes of them is the same. */
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
            "\"content\":\"said\",\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"d\",\"index\":0}]",
            "\"content\":[{\"type\":\"text\",\"text\":\"part\"}],\"content\":\"said\"",
            "\"content\":\"said\",\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"1\"}}]",
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

    /** All that comes of a stream: its events, the whole answer, the error that ends it. */
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

    /** The same JSON with a blank more from chunk to chunk: no two chunks are alike. */
    private static List<String> neverAlike(List<String> chunks) {
        List<String> unlike = new ArrayList<>();
        for (String chunk : chunks) {
            unlike.add("{" + " ".repeat(unlike.size()) + chunk.substring(1));
        }
        return unlike;
    }

    @Test
    void events_ofChunksThatAreAlike_areThoseOfChunksThatAreRead() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
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
    void text_thatIsMoreThanText_isRead() {
        List<String> chunks = List.of(text("a"), text("b"), text("c\",\"refusal\":\"no"), text("d"), LAST);

        try (ChatStream stream = stream(chunks)) {
            assertEquals("abcd", stream.collect().text());
        }
        assertEquals(events(neverAlike(chunks)), events(chunks));
    }

    @Test
    void piecesOfChunksThatAreAlike_moreThanATextMayHave_tooLarge() {
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

    /** A template that knows one kind of chunk: it has seen two of them. */
    private static ChunkTemplate template(String chunk, String text) {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, chunk, text);
        learn(template, chunk.replace(text, "another"), "another");
        return template;
    }

    private static void learn(ChunkTemplate template, String chunk, @Nullable String text) {
        byte[] bytes = bytes(chunk);
        template.learn(bytes, 0, bytes.length, text);
    }

    private static byte[] bytes(String chunk) {
        return chunk.getBytes(StandardCharsets.UTF_8);
    }

    private static String textOf(ChunkTemplate template, String chunk) {
        byte[] bytes = bytes("....." + chunk + ".");
        return template.text(bytes, 5, bytes.length - 6);
    }

    @Test
    void text_ofAChunkLikeTheOneThatIsKnown() {
        ChunkTemplate template = template("{\"a\":\"one\",\"b\":1}", "one");

        assertEquals("two", textOf(template, "{\"a\":\"two\",\"b\":1}"));
        assertEquals("x", textOf(template, "{\"a\":\"x\",\"b\":1}"));
        assertEquals("longer, {[]}:", textOf(template, "{\"a\":\"longer, {[]}:\",\"b\":1}"));
        assertEquals("zw\u00f6lf \uD83D\uDE00", textOf(template, "{\"a\":\"zw\u00f6lf \uD83D\uDE00\",\"b\":1}"));
    }

    @Test
    void text_ofAnyOtherChunk_isNotSaid() {
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
    void text_thatIsNoUtf8_isNotSaid() {
        ChunkTemplate template = template("{\"a\":\"one\"}", "one");
        byte[] bytes = bytes("{\"a\":\"t..o\"}");
        bytes[7] = (byte) 0xC0; // "/" in two bytes, which is one too many
        bytes[8] = (byte) 0xAF;

        assertNull(template.text(bytes, 0, bytes.length));
    }

    /** The later value of a member that is an object counts, in whatever chunk it stands. */
    @Test
    void objectBesideTheText_isReadEachTime() {
        List<String> chunks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            chunks.add("{\"usage\":{\"completion_tokens\":" + i % 3 + "},\"choices\":[{\"delta\":{\"content\":\"a" + i
                    + "\"}}]}");
        }
        chunks.add(LAST);
        assertEquals(events(neverAlike(chunks)), events(chunks));
    }

    @Test
    void onePlaceIsBelieved_whenTwoChunksAgree() {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, "{\"a\":\"one\"}", "one");
        assertNull(textOf(template, "{\"a\":\"two\"}"), "one chunk proves nothing");
        learn(template, "{\"a\":\"one\"}", "one");
        assertNull(textOf(template, "{\"a\":\"two\"}"), "the same text again proves nothing");
        learn(template, "{\"a\":\"three\"}", "three");
        assertEquals("two", textOf(template, "{\"a\":\"two\"}"));
    }

    /** The text is written with an escape; what looks like it is another member. */
    @Test
    void memberThatLooksLikeTheText_isNotTakenForIt() {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, "{\"b\":\"A\",\"a\":\"\\u0041\"}", "A");
        learn(template, "{\"b\":\"B\",\"a\":\"\\u0042\"}", "B");
        learn(template, "{\"b\":\"C\",\"a\":\"\\u0042\"}", "B");

        assertNull(textOf(template, "{\"b\":\"D\",\"a\":\"\\u0042\"}"));
        assertNull(textOf(template, "{\"b\":\"D\",\"a\":\"\\u0041\"}"));
    }

    @Test
    void textThatStandsTwice_isNotLearnt() {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, "{\"a\":\"a\"}", "a");
        learn(template, "{\"a\":\"b\"}", "b");
        assertNull(textOf(template, "{\"a\":\"c\"}"), "the first text stood twice");
        learn(template, "{\"a\":\"c\"}", "c");
        assertEquals("d", textOf(template, "{\"a\":\"d\"}"));
    }

    @Test
    void chunkThatSaysMore_isNotLearnt() {
        ChunkTemplate template = new ChunkTemplate();
        learn(template, "{\"a\":\"one\"}", "one");
        learn(template, "{\"a\":\"two\"}", null);
        assertNull(textOf(template, "{\"a\":\"three\"}"));
    }

    @Test
    void stopped_knowsNothingAnyMore() {
        ChunkTemplate template = template("{\"a\":\"one\"}", "one");
        template.stop();
        assertNull(textOf(template, "{\"a\":\"two\"}"));
        learn(template, "{\"a\":\"one\"}", "one");
        learn(template, "{\"a\":\"two\"}", "two");
        assertNull(textOf(template, "{\"a\":\"three\"}"));
    }

    /** A server that says something new each time costs a few tries, not one for every chunk. */
    @Test
    void chunksThatAreNeverAlike_areLearntAFewTimes() {
        ChunkTemplate template = new ChunkTemplate();
        for (int i = 0; i < 100; i++) {
            learn(template, "{\"n\":" + i + ",\"a\":\"one\"}", "one");
        }
        learn(template, "{\"a\":\"one\"}", "one");
        learn(template, "{\"a\":\"two\"}", "two");
        assertNull(textOf(template, "{\"a\":\"three\"}"), "it has given up");
    }
}
