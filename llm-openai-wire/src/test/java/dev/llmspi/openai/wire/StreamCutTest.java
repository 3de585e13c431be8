package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that the events of a stream do not depend on how the network splits the stream, and that a truncated stream
 * never succeeds.
 */
class StreamCutTest {

    private static final int RANDOM_CUTS = Integer.getInteger("llmspi.cuts", 60);

    private static String delta(String delta) {
        return "data: {\"id\":\"g1\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{" + delta + "}}]}\n\n";
    }

    private static String text(String text) {
        return delta("\"content\":\"" + text + "\"");
    }

    private static String finish(String word) {
        return "data: {\"id\":\"g1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + word + "\"}]}\n\n";
    }

    private static String tool(String call) {
        return delta("\"tool_calls\":[" + call + "]");
    }

    private static final String USAGE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"total_tokens\":13}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    static List<Named<String>> streams() {
        String plain = text("Grüße, ") + text("Welt 😀 \u2028\u0085") + finish("stop") + DONE;
        String calls = tool("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}")
                + tool("{\"index\":0,\"function\":{\"arguments\":\"{\\\"x\\\":\\\"ä}\"}}")
                + tool("{\"index\":0,\"function\":{\"arguments\":\"\\\"}\"}},{\"index\":1,\"id\":\"b\","
                        + "\"function\":{\"name\":\"g\"}}")
                + finish("tool_calls")
                + USAGE
                + DONE;
        return List.of(
                Named.of("LF", plain),
                Named.of("CRLF", plain.replace("\n", "\r\n")),
                Named.of("CR", plain.replace('\n', '\r')),
                Named.of(
                        "mixed", "\uFEFF" + plain.replaceFirst("\n\n", "\r\n\r").replaceFirst("\n\n", "\n\r\n")),
                Named.of("comments", ": hi\n\n: again\n" + plain.replace("data:", ": between\ndata:")),
                Named.of(
                        "fields",
                        plain.replace("data:", "event: x\nid: 1\nretry: 5\ndata:")
                                .replace("data: ", "data:")),
                Named.of("several lines", plain.replace(",\"choices\"", ",\ndata: \"choices\"")),
                Named.of("no last blank line", plain.stripTrailing()),
                Named.of("no DONE", text("a") + finish("length")),
                Named.of("usage behind", text("half \\ud83d") + text("\\ude00 a pair") + finish("stop") + USAGE + DONE),
                Named.of("tool calls", calls),
                Named.of("tool calls, CRLF", calls.replace("\n", "\r\n")),
                Named.of(
                        "reasoning",
                        delta("\"reasoning\":\"hm ä\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"index\":0,"
                                        + "\"text\":\"hm ä\"}]")
                                + delta("\"content\":\"\",\"reasoning_details\":[{\"type\":\"reasoning.text\","
                                        + "\"index\":0,\"signature\":\"sig\"}]")
                                + text("ok") + finish("stop") + USAGE + DONE + "data: {garbage"));
    }

    private static List<ChatStreamEvent> events(byte[] body, int... cuts) {
        List<ChatStreamEvent> events = new ArrayList<>();
        StreamBytes.stream(body, cuts).forEach((ChatStreamEvent event) -> events.add(event));
        return events;
    }

    @Tag("fault-6.8")
    @ParameterizedTest
    @MethodSource("streams")
    void next_cutAtEveryPosition_sameEvents(String stream) {
        byte[] body = stream.getBytes(StandardCharsets.UTF_8);
        List<ChatStreamEvent> whole = events(body);
        assertTrue(whole.get(whole.size() - 1) instanceof ChatStreamEvent.Finish);

        for (int cut = 1; cut < body.length; cut++) {
            assertEquals(whole, events(body, cut), "cut at " + cut);
        }
    }

    @Tag("fault-6.8")
    @ParameterizedTest
    @MethodSource("streams")
    void next_cutAtRandomPositions_sameEvents(String stream) {
        byte[] body = stream.getBytes(StandardCharsets.UTF_8);
        List<ChatStreamEvent> whole = events(body);
        long seed = Long.getLong("llmspi.seed", System.nanoTime());
        Random random = new Random(seed);

        for (int i = 0; i < RANDOM_CUTS; i++) {
            int[] cuts = random.ints(1 + random.nextInt(body.length), 1, body.length)
                    .sorted()
                    .toArray();
            assertEquals(whole, events(body, cuts), "llmspi.seed=" + seed + ", set " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("streams")
    void next_endsAnywhereBeforeTheFinish_neverASuccess(String stream) {
        byte[] body = stream.getBytes(StandardCharsets.UTF_8);
        // The answer is complete after the brace that closes the chunk with the finish reason.
        int finish = stream.indexOf('}', stream.indexOf("finish_reason")) + 2;
        int end = stream.substring(0, finish).getBytes(StandardCharsets.UTF_8).length;

        for (int length = 0; length < end; length++) {
            ChatStream cut = StreamBytes.stream(Arrays.copyOf(body, length));
            LlmException error = assertThrows(LlmException.class, cut::collect, "of " + length + " bytes");
            assertEquals(ErrorKind.SERVICE, error.kind());
            boolean nothing = cut.partial().text().isEmpty()
                    && cut.partial().message().reasoning().isEmpty()
                    && !new String(body, 0, length, StandardCharsets.UTF_8).contains("\"name\":");
            if (nothing) {
                assertEquals(Optional.of(ErrorReason.EMPTY_RESPONSE), error.reason());
            }
            assertTrue(cut.partial().toolCalls().isEmpty(), "half a tool call escaped");
        }
    }
}
