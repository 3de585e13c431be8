package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.error.LlmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests that in every dialect, each tool call of the model and each of its fragments is emitted exactly once. */
class ToolCallDialectsTest {

    private static final int CALLS = Integer.getInteger("llmspi.tool-calls", 8_000);
    private static final long SEED = Long.getLong("llmspi.seed", System.nanoTime());

    /** The streams that fail in the same way: the shortest of them, and how many there are in each dialect. */
    private static final class Wrong {
        private final Map<String, Integer> dialects = new TreeMap<>();
        private String shortest = "";

        void add(String dialect, String failure) {
            dialects.merge(dialect, 1, Integer::sum);
            shortest = shortest.isEmpty() || failure.length() < shortest.length() ? failure : shortest;
        }

        @Override
        public String toString() {
            int count = dialects.values().stream().mapToInt(Integer::intValue).sum();
            return count + " wrong answers in " + dialects.size() + " dialects, among them "
                    + dialects.keySet().stream().limit(5).toList() + "; the shortest: " + shortest;
        }
    }

    @Test
    void stream_inAnyDialect_givesTheCallsBack() {
        System.out.println("ToolCallDialectsTest: llmspi.seed=" + SEED);
        List<Map.Entry<String, ToolCallDialect>> named = List.copyOf(ToolCallDialect.NAMED.entrySet());
        Map<String, Wrong> wrong = new TreeMap<>();
        int calls = 0;
        for (long seed = SEED; calls < CALLS; seed++) {
            Random random = new Random(mixed(seed));
            Map.Entry<String, ToolCallDialect> known = named.get(random.nextInt(named.size()));
            boolean any = random.nextBoolean();
            ToolCallDialect dialect =
                    any ? ToolCallDialect.CLEAR.get(random.nextInt(ToolCallDialect.CLEAR.size())) : known.getValue();
            ToolCallStream stream = new ToolCallStream(dialect, random);
            calls += stream.expected.size();
            String fault = fault(stream);
            if (fault != null) {
                wrong.computeIfAbsent(fault.replaceAll("[:\\d].*", ""), kind -> new Wrong())
                        .add(
                                any ? dialect.toString() : known.getKey(),
                                fault + ", -Dllmspi.seed=" + seed + "\n" + stream);
            }
        }
        assertTrue(
                wrong.isEmpty(),
                () -> String.join(
                        "\n\n", wrong.values().stream().map(Wrong::toString).toList()));
    }

    /** Mixes the seed, so that consecutive seeds give different answers. */
    private static long mixed(long seed) {
        long bits = (seed ^ seed >>> 32) * 0x9E3779B97F4A7C15L;
        return (bits ^ bits >>> 29) * 0xBF58476D1CE4E5B9L;
    }

    /** Returns a description of what is wrong with a stream's events, or null if they are correct. */
    private static @Nullable String fault(ToolCallStream stream) {
        List<ChatStreamEvent> events = new ArrayList<>();
        try {
            StreamBytes.stream(stream.bytes(), stream.cuts).forEach((ChatStreamEvent event) -> events.add(event));
            return new Received(events).fault(stream);
        } catch (LlmException e) {
            return "the stream failed: " + e.getMessage();
        }
    }

    /** The tool calls that a caller assembles from a stream's events. */
    private static final class Received {
        private final StringBuilder text = new StringBuilder();
        private final Map<Integer, String> fragments = new HashMap<>();
        private final Map<Integer, ChatStreamEvent.ToolCallDelta> first = new HashMap<>();
        private final List<ToolCall> calls = new ArrayList<>();
        private @Nullable String fault;

        Received(List<ChatStreamEvent> events) {
            for (ChatStreamEvent event : events) {
                if (event instanceof ChatStreamEvent.TextDelta delta) {
                    text.append(delta.text());
                } else if (event instanceof ChatStreamEvent.ToolCallDelta delta) {
                    add(delta);
                } else if (event instanceof ChatStreamEvent.ToolCallComplete complete) {
                    check(complete.index() == calls.size(), "out of turn: call " + complete.index());
                    calls.add(complete.call());
                }
            }
        }

        private void check(boolean right, String otherwise) {
            fault = right || fault != null ? fault : otherwise;
        }

        private void add(ChatStreamEvent.ToolCallDelta delta) {
            check(delta.index() >= calls.size(), "a fragment behind its complete call");
            ChatStreamEvent.ToolCallDelta opening = first.computeIfAbsent(delta.index(), index -> delta);
            check(delta.id().equals(opening.id()), "an id that changed to: " + delta.id());
            check(delta.name().equals(opening.name()), "a name that changed to: " + delta.name());
            fragments.merge(delta.index(), delta.argumentsFragment(), String::concat);
        }

        @Nullable
        String fault(ToolCallStream stream) {
            check(text.toString().equals(stream.text), "text: " + text);
            check(
                    calls.size() == stream.expected.size() && first.keySet().equals(numbers(calls.size())),
                    "not the calls: begun " + first.keySet() + ", " + shown());
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < calls.size() && fault == null; i++) {
                ToolCall call = calls.get(i);
                SpokenToolCalls.Expected expected = stream.expected.get(i);
                check(call.name().equals(expected.name()), "name: " + call.name() + ": " + shown());
                check(call.arguments().equals(expected.arguments()), "arguments: " + call.arguments());
                check(call.wellFormed() == expected.arguments().strip().startsWith("{"), "wellFormed is wrong");
                check(expected.id() == null || call.id().equals(expected.id()), "id: " + call.id() + ": " + shown());
                check(ids.add(call.id()) && !call.id().isBlank(), "not a unique id: " + call.id());
                check(
                        first.get(i).id().equals(call.id()),
                        "the fragments say id: " + first.get(i).id());
                check(
                        first.get(i).name().equals(call.name()),
                        "the fragments say name: " + first.get(i).name());
                check(fragments.get(i).equals(call.arguments()), "fragments: " + fragments.get(i));
            }
            return fault;
        }

        private static Set<Integer> numbers(int count) {
            return IntStream.range(0, count).boxed().collect(Collectors.toSet());
        }

        private String shown() {
            return calls.stream()
                    .map(c -> c.id() + " " + c.name() + " " + c.arguments())
                    .toList()
                    .toString();
        }
    }
}
