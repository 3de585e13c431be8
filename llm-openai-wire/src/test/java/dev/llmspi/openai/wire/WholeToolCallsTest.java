package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests tool calls in whole answers, with any ids and with arguments in any form. */
@Timeout(60)
class WholeToolCallsTest {

    private static final int CALLS = Integer.getInteger("llmspi.tool-calls", 8_000) / 4;
    private static final long SEED = Long.getLong("llmspi.seed", System.nanoTime());
    private static final int MOST = 1024;

    /** @param id the expected id, or null if any id is correct */
    private record Expected(
            String name, String arguments, @Nullable String id) {}

    /** A random message with tool calls, and the expected calls. */
    private static final class Message {
        private final Random random;
        private final RandomJson json;
        private final List<Expected> expected = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();
        private final List<String> calls = new ArrayList<>();

        Message(Random random) {
            this.random = random;
            this.json = new RandomJson(random);
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                add();
            }
        }

        private void add() {
            String name = List.of("get_weather", "a", "web_search_", "näme").get(random.nextInt(4));
            List<String> function = new ArrayList<>(List.of("\"name\":" + json.quote(name)));
            String arguments = arguments(function);
            Collections.shuffle(function, random);
            List<String> members = new ArrayList<>(List.of("\"function\":{" + String.join(",", function) + "}"));
            String id = id(members);
            if (random.nextBoolean()) {
                members.add("\"type\":\"function\"");
            }
            if (random.nextBoolean()) {
                members.add("\"index\":" + (random.nextBoolean() ? calls.size() : 0));
            }
            Collections.shuffle(members, random);
            calls.add("{" + String.join(",", members) + "}");
            expected.add(new Expected(name, arguments, id));
        }

        private String arguments(List<String> function) {
            Map<String, @Nullable Object> object = json.object();
            switch (random.nextInt(8)) {
                case 0 -> {
                    String nothing = List.of("null", "\"\"", "\" \"", "\"\\n\"").get(random.nextInt(4));
                    function.add("\"arguments\":" + nothing);
                    return "{}";
                }
                case 1 -> {
                    return "{}";
                }
                case 2, 3 -> {
                    Object value =
                            random.nextInt(3) == 0 ? json.list() : random.nextInt(8) == 0 ? json.number() : object;
                    function.add("\"arguments\":" + json.wild(value));
                    return RandomJson.compact(value);
                }
                default -> {
                    String text = json.wild(random.nextInt(4) == 0 ? json.value() : object);
                    function.add("\"arguments\":" + json.quote(text));
                    return text;
                }
            }
        }

        private @Nullable String id(List<String> members) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    return null;
                }
                case 1 -> {
                    members.add("\"id\":" + List.of("null", "\"\"", "\" \"").get(random.nextInt(3)));
                    return null;
                }
                case 2 -> {
                    String number = Integer.toString(random.nextInt(3) + 1);
                    members.add("\"id\":" + number);
                    return ids.add(number) ? number : null;
                }
                case 3 -> {
                    String clashing = random.nextBoolean() ? "same" : "call_" + random.nextInt(4);
                    members.add("\"id\":\"" + clashing + "\"");
                    // The same id may already have been assigned to a call without an id.
                    return ids.add(clashing) && clashing.equals("same") ? clashing : null;
                }
                default -> {
                    String id = "call_" + Long.toHexString(random.nextLong() | Long.MIN_VALUE);
                    members.add("\"id\":\"" + id + "\"");
                    ids.add(id);
                    return id;
                }
            }
        }

        /** Returns the whole answer. */
        String body() {
            List<String> members = new ArrayList<>(List.of(
                    "\"role\":\"assistant\"",
                    "\"content\":" + (random.nextBoolean() ? "null" : "\"\""),
                    "\"tool_calls\":[" + String.join(",", calls) + "]"));
            Collections.shuffle(members, random);
            String word = List.of("\"tool_calls\"", "\"stop\"", "null").get(random.nextInt(3));
            return answer("{" + String.join(",", members) + "}", word);
        }
    }

    private static String answer(String message, String finish) {
        return "{\"id\":\"g\",\"choices\":[{\"index\":0,\"message\":" + message + ",\"finish_reason\":" + finish
                + "}]}";
    }

    private static ChatResponse read(String body) {
        return WholeBytes.answer(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void decode_anyIdsAndArguments_returnsTheCalls() {
        System.out.println("WholeToolCallsTest: llmspi.seed=" + SEED);
        int calls = 0;
        for (long seed = SEED; calls < CALLS; seed++) {
            Message message = new Message(new Random(seed * 0x9E3779B97F4A7C15L));
            String body = message.body();
            String which = "-Dllmspi.seed=" + seed + "\n" + body;
            ChatResponse answer = read(body);

            assertEquals(FinishReason.TOOL_CALLS, answer.finishReason(), which);
            assertEquals(message.expected.size(), answer.toolCalls().size(), which);
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < message.expected.size(); i++) {
                Expected expected = message.expected.get(i);
                ToolCall call = answer.toolCalls().get(i);
                assertEquals(expected.name(), call.name(), which);
                assertEquals(expected.arguments(), call.arguments(), which);
                assertEquals(expected.arguments().startsWith("{"), call.wellFormed(), which);
                assertTrue(expected.id() == null || expected.id().equals(call.id()), () -> call.id() + ", " + which);
                assertTrue(ids.add(call.id()) && !call.id().isBlank(), () -> call.id() + ", " + which);
            }
            calls += message.expected.size();
        }
    }

    private static String call(int index) {
        return "{\"index\":" + index + ",\"id\":\"same\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"n\\\":"
                + index + "}\"}}";
    }

    private static String calls(int count) {
        StringBuilder calls = new StringBuilder();
        for (int i = 0; i < count; i++) {
            calls.append(i == 0 ? "" : ",").append(call(i));
        }
        return calls.toString();
    }

    private static ChatResponse streamed(int count, int inOneChunk) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < count; i++) {
            body.append(i % inOneChunk == 0 ? "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" : ",");
            body.append(call(i));
            body.append(i % inOneChunk == inOneChunk - 1 || i == count - 1 ? "]}}]}\n\n" : "");
        }
        body.append("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n");
        return StreamBytes.stream(body.toString().getBytes(StandardCharsets.UTF_8))
                .collect();
    }

    private static ChatResponse whole(int count) {
        return read(answer("{\"content\":null,\"tool_calls\":[" + calls(count) + "]}", "\"tool_calls\""));
    }

    private static void assertAllThere(ChatResponse answer) {
        List<ToolCall> calls = answer.toolCalls();
        assertEquals(MOST, calls.size());
        assertEquals(MOST, calls.stream().map(ToolCall::id).distinct().count());
        assertEquals("same", calls.get(0).id());
        assertEquals("{\"n\":1023}", calls.get(MOST - 1).arguments());
    }

    @Test
    @Timeout(10)
    void decode_maximumNumberOfCallsWithOneId_idsAreUnique() {
        assertAllThere(whole(MOST));
        assertAllThere(streamed(MOST, 1));
        assertAllThere(streamed(MOST, 100));
    }

    @ParameterizedTest
    @ValueSource(ints = {MOST + 1, 20_000})
    @Timeout(10)
    void decode_moreCallsThanAllowed_tooLarge(int count) {
        assertTooLarge(assertThrows(LlmException.class, () -> whole(count)));
        assertTooLarge(assertThrows(LlmException.class, () -> streamed(count, 1)));
        assertTooLarge(assertThrows(LlmException.class, () -> streamed(count, count)));
    }

    private static void assertTooLarge(LlmException error) {
        assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
        assertEquals(Optional.of(false), error.retryHere());
    }
}
