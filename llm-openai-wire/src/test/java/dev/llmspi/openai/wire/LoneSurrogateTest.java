package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.FilePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.UserMessage;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** F1: a lone surrogate is never sent, wherever it occurs. A complete pair is kept. */
class LoneSurrogateTest {

    private static final String HIGH = "\ud83d";
    private static final String LOW = "\ude00";
    private static final String PAIR = HIGH + LOW;
    private static final String GONE = "\ufffd";

    private static String sent(ChatRequest request, Object... config) throws Exception {
        try (Bench bench = new Bench(config)) {
            return bench.sent(request);
        }
    }

    private static ChatRequest.Builder user(String text) {
        return ChatRequest.builder().model("m").user(text);
    }

    @ParameterizedTest
    @CsvSource({
        "half H x, half F x",
        "HP, FP",
        "PH, PF",
        "LP, FP",
        "LH, FF",
        "HHL, FP",
        "HLL, PF",
        "L, F",
        "H, F",
        "PPxP, PPxP"
    })
    void text_oneOfEachCut_isReplaced(String given, String expected) throws Exception {
        assertTrue(sent(user(spelled(given)).build())
                .endsWith("{\"role\":\"user\",\"content\":\"" + spelled(expected) + "\"}]}"));
    }

    private static String spelled(String text) {
        return text.replace("P", PAIR).replace("H", HIGH).replace("L", LOW).replace("F", GONE);
    }

    @Test
    void everyPlaceOfARequest_isClean() throws Exception {
        String bad = "cut " + HIGH;
        ChatRequest request = ChatRequest.builder()
                .model("m" + LOW)
                .system(bad + 1)
                .message(UserMessage.of(
                        new TextPart(bad + 2),
                        new TextPart(bad + 3),
                        FilePart.of("f" + HIGH + ".pdf", URI.create("https://x.example/"))))
                .message(AssistantMessage.builder()
                        .text(bad + 4)
                        .toolCalls(List.of(new ToolCall("id" + HIGH, "na" + HIGH, "{\"a\":\"" + HIGH + "\"}", true)))
                        .reasoningDetails(List.of(Map.of("text", bad + 5, "k" + LOW, 1)))
                        .providerFields(Map.of("field" + HIGH, "\"" + HIGH + " \\ud83d\""))
                        .build())
                .message(Message.tool("id" + HIGH, bad + 6))
                .tools(ToolDefinition.of("f", bad + 7, "{\"x" + HIGH + "\":\"\\udc00\"}"))
                .responseFormat(ResponseFormat.jsonSchema("n", "{\"description\":\"\\uD83d\"}"))
                .stop(bad + 8)
                .extra("openai", "e" + HIGH, Map.of("k" + HIGH, List.of(bad + 9)))
                .build();

        String body = sent(request, "extras", Map.of("b" + LOW, bad + 10), "reasoning-echo", "always");

        assertClean(body);
        for (int i = 1; i <= 10; i++) {
            assertTrue(body.contains("cut " + GONE + i), body);
        }
        assertTrue(body.contains("\"field" + GONE + "\":\"" + GONE + " " + GONE + "\""), body);
        assertTrue(body.contains("{\"x" + GONE + "\":\"" + GONE + "\"}"), body);
        assertTrue(body.contains("\"arguments\":\"{\\\"a\\\":\\\"" + GONE + "\\\"}\""), body);
        assertTrue(body.contains("\"e" + GONE + "\":{\"k" + GONE + "\":"), body);
    }

    /** Asserts that neither the JSON text nor its parsed values contain a lone surrogate. */
    private static void assertClean(String body) {
        assertEquals(WellFormedText.of(body), body);
        assertEquals(WellFormedText.ofJson(body), body);
    }

    @Test
    void names_thatBecomeEqual_areSentOnce() throws Exception {
        String body = sent(user("u")
                .extra("openai", "x" + HIGH, 1)
                .extra("openai", "x" + LOW, 2)
                .message(AssistantMessage.builder()
                        .text("a")
                        .providerFields(Map.of("y" + HIGH, "1", "y" + LOW, "2"))
                        .build())
                .build());

        assertEquals(body.indexOf("\"x" + GONE), body.lastIndexOf("\"x" + GONE));
        assertEquals(body.indexOf("\"y" + GONE), body.lastIndexOf("\"y" + GONE));
        assertTrue(body.contains("\"y" + GONE), body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\\ud83d\\ude00|\\ud83d\\ude00",
                "\\ud83d|F",
                "\\uDE00 x|F x",
                "\\ud83d\\n|F\\n",
                "\\ud83d\\ud83d\\ude00|F\\ud83d\\ude00",
                "\\\\ud83d|\\\\ud83d",
                "\\\\\\ud83d|\\\\F",
                "\\ud83dL|P",
                "H\\ude00|P",
                "H\\u0041|F\\u0041",
                "caf\\u00e9 P|caf\\u00e9 P"
            })
    void rawJson_escapesCount(String given, String expected) throws Exception {
        String schema = "{\"description\":\"" + spelled(given) + "\"}";

        String body = sent(user("u").tools(ToolDefinition.of("f", "", schema)).build());

        assertTrue(body.contains("\"parameters\":{\"description\":\"" + spelled(expected) + "\"}"), body);
    }

    @Test
    void anyText_isAsAPlainReplacementHasIt() {
        long seed = Long.getLong("llmspi.seed", System.nanoTime());
        Random random = new Random(seed);
        String[] pieces = {HIGH, LOW, "a", "\u00e9", "\u4e2d", PAIR, "\ufffd"};
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(8); j > 0; j--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            StringBuilder expected = new StringBuilder();
            text.codePoints()
                    .forEach(point -> expected.appendCodePoint(
                            point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xfffd : point));

            assertEquals(
                    expected.toString(), WellFormedText.of(text.toString()), "llmspi.seed=" + seed + ", case " + i);
            assertEquals(
                    expected.toString(), WellFormedText.ofJson(text.toString()), "llmspi.seed=" + seed + ", case " + i);
        }
    }

    @Test
    void headerJson_isClean() {
        assertEquals("{\"user\":\"half \\uFFFD\"}", OpenAiWire.headerJson(Map.of("user", "half " + HIGH)));
    }
}
