package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that random streams are decoded in the same way as by a plain decoder without fast paths. The only intended
 * difference is rule 1.
 */
class ChunkDifferentialTest {

    private static final int CHUNKS = Integer.getInteger("llmspi.chunks", 50_000);
    private static final long SEED = Long.getLong("llmspi.seed", System.nanoTime());

    private static final int MOST_KINDS = 10;

    @Test
    void collect_randomChunks_likeThePlainDecoder() {
        System.out.println("ChunkDifferentialTest: llmspi.seed=" + SEED);
        Map<String, String> differences = new TreeMap<>();
        long chunks = 0;
        for (long seed = SEED; chunks < CHUNKS && differences.size() < MOST_KINDS; seed++) {
            Random random = new Random(seed * 0x9E3779B97F4A7C15L);
            List<byte[]> events = new RandomChunks(random).events();
            byte[] body = joined(events);
            int[] cuts = body.length < 2
                    ? new int[0]
                    : random.ints(random.nextInt(4), 1, body.length).sorted().toArray();
            PlainDecoder plain = new PlainDecoder();
            Difference difference = Difference.of(plain.read(body), read(body, cuts));
            chunks += plain.events();
            if (difference != null && !differences.containsKey(difference.kind())) {
                differences.put(difference.kind(), "-Dllmspi.seed=" + seed + ": " + smallest(events, difference));
            }
        }
        assertTrue(differences.isEmpty(), () -> String.join("\n\n", differences.values()));
    }

    private static final String HELLO = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\n";
    private static final String STOP =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

    /** Each row contains the fault, the body (one character per byte), the decoded text, and how the stream ends. */
    static List<Arguments> knownBodies() {
        String half = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half\"}}";
        String call =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":"
                        + "{\"name\":\"f\",\"arguments\":\"{}\"}}]}}";
        String malformed = "MALFORMED_RESPONSE";
        return List.of(
                arguments("nothing", HELLO + STOP, "hello", "complete"),
                arguments("cut behind a nested object", HELLO + half + "\n\n" + HELLO + STOP, "hello", malformed),
                arguments("cut by a blank line", HELLO + half + "\n\n]}\n\n" + STOP, "hello", malformed),
                arguments("cut by the end of the body", HELLO + half, "hello", "TRUNCATED"),
                arguments("cut in the text", HELLO + HELLO.substring(0, 50), "hello", "TRUNCATED"),
                arguments("cut behind the finish, at the end", HELLO + STOP + half, "hello", "complete"),
                arguments("a cut call behind the finish", HELLO + STOP + call, "hello", "complete"),
                arguments("cut behind the finish, within", HELLO + STOP + half + "\n\n", "hello", malformed),
                arguments("more behind the object", HELLO + half + "]}\"}\n\n" + HELLO + STOP, "hello", malformed),
                arguments("a number behind it", HELLO + half + "]}1\n\n" + STOP, "hello", malformed),
                arguments("a mark before it", "\n" + HELLO.replace(" {", " \u00EF\u00BB\u00BF{") + STOP, "", malformed),
                arguments("overlong", HELLO + HELLO.replace("ll", "\u00C0\u00AF") + STOP, "hello", malformed),
                arguments("a surrogate", HELLO + HELLO.replace("ll", "\u00ED\u00A0\u0080") + STOP, "hello", malformed),
                arguments("half a character", HELLO + HELLO.replace("ll", "\u00C3") + STOP, "hello", malformed),
                arguments("a comment as data", HELLO + "data: : hm\n\n" + STOP, "hello", "complete"),
                arguments(
                        "parts before a text",
                        HELLO.replace("{\"content\"", "{\"content\":[{\"type\":\"text\",\"text\":\"oh \"}],\"content\"")
                                + STOP,
                        "oh hello",
                        "complete"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("knownBodies")
    void collect_knownBody_hasTheExpectedOutcome(String what, String body, String text, String end) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        PlainDecoder.Outcome plain = new PlainDecoder().read(bytes);
        PlainDecoder.Outcome real = read(bytes);

        assertEquals(List.of(text, end, List.of()), List.of(plain.text(), plain.end(), plain.calls()), "plain");
        assertEquals(List.of(text, end, List.of()), List.of(real.text(), real.end(), real.calls()), "real");
    }

    private static byte[] joined(List<byte[]> events) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        events.forEach(body::writeBytes);
        return body.toByteArray();
    }

    private static PlainDecoder.Outcome read(byte[] body, int... cuts) {
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        Map<Integer, String> fragments = new TreeMap<>();
        List<String> calls = new ArrayList<>();
        Usage usage = Usage.none();
        String finish = null;
        String end = "never";
        try (ChatStream stream = StreamBytes.stream(body, cuts)) {
            for (ChatStreamEvent event : stream) {
                if (event instanceof ChatStreamEvent.TextDelta delta) {
                    text.append(delta.text());
                } else if (event instanceof ChatStreamEvent.ReasoningDelta delta) {
                    reasoning.append(delta.text());
                } else if (event instanceof ChatStreamEvent.ToolCallDelta delta) {
                    fragments.merge(delta.index(), delta.argumentsFragment(), String::concat);
                } else if (event instanceof ChatStreamEvent.ToolCallComplete complete) {
                    ToolCall call = complete.call();
                    calls.add(call.id() + " " + call.name() + " " + call.arguments());
                } else if (event instanceof ChatStreamEvent.UsageReported reported) {
                    usage = reported.usage();
                } else if (event instanceof ChatStreamEvent.Finish said) {
                    finish = said.rawReason().orElse(null);
                    end = "complete";
                }
            }
        } catch (LlmException e) {
            end = e.reason().map(ErrorReason::toString).orElse("no reason");
        }
        return new PlainDecoder.Outcome(text.toString(), reasoning.toString(), fragments, calls, finish, usage, end);
    }

    /** Removes events as long as the difference remains, and describes the difference and the events that are left. */
    private static String smallest(List<byte[]> events, Difference difference) {
        List<byte[]> left = new ArrayList<>(events);
        String found = difference.text();
        for (boolean again = true; again; ) {
            again = false;
            for (int i = left.size() - 1; i >= 0; i--) {
                List<byte[]> fewer = new ArrayList<>(left);
                fewer.remove(i);
                byte[] body = joined(fewer);
                Difference still = Difference.of(new PlainDecoder().read(body), read(body));
                if (still != null && still.kind().equals(difference.kind())) {
                    left = fewer;
                    found = still.text();
                    again = true;
                }
            }
        }
        return shown(found + "\n" + new String(joined(left), StandardCharsets.ISO_8859_1));
    }

    /** Returns the text with each non-ASCII character shown as a number. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (char c : text.toCharArray()) {
            boolean plain = c >= ' ' && c < 0x7F || c == '\n';
            shown.append(plain ? String.valueOf(c) : "<" + Integer.toHexString(c) + ">");
        }
        return shown.toString();
    }

    /**
     * The difference between a real and a plain outcome.
     *
     * @param kind the fields that differ
     */
    private record Difference(String kind, String text) {

        static @Nullable Difference of(PlainDecoder.Outcome plain, PlainDecoder.Outcome real) {
            Map<String, String> differences = new TreeMap<>();
            compare("text", plain.text(), real.text(), differences);
            compare("reasoning", plain.reasoning(), real.reasoning(), differences);
            compare("calls", plain.calls(), real.calls(), differences);
            // Rule 1: a finish reason that is not a plain name is sanitised like any text of a server.
            String word = plain.finish();
            boolean name = word == null || real.finish() == null || word.matches("[A-Za-z0-9_]+");
            compare("finish", name ? word : real.finish(), real.finish(), differences);
            compare("usage", plain.usage(), real.usage(), differences);
            // The error for a stream without content depends on the bytes of its body. It is never a success.
            boolean nothing =
                    plain.end().equals(PlainDecoder.NOTHING) && !real.end().equals("complete");
            compare("end", nothing ? real.end() : plain.end(), real.end(), differences);
            boolean complete = plain.end().equals("complete");
            real.fragments().forEach((index, said) -> {
                String all = plain.fragments().getOrDefault(index, "");
                // The last fragments of an incomplete call may be held back.
                compare("fragments", complete ? all : all.startsWith(said) ? said : all, said, differences);
            });
            return differences.isEmpty()
                    ? null
                    : new Difference(
                            differences.keySet() + " " + plain.end() + " " + real.end(),
                            String.join("\n", differences.values()));
        }

        private static void compare(
                String what, @Nullable Object plain, @Nullable Object real, Map<String, String> differences) {
            if (plain == null ? real != null : !plain.equals(real)) {
                differences.put(what, what + ": plain <" + plain + ">, real <" + real + ">");
            }
        }
    }
}
