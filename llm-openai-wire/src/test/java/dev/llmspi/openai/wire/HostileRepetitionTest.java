package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests streams with many small items, which would take too much time or memory if each item were kept or compared with
 * the others.
 */
class HostileRepetitionTest {

    /** The time limit, which is far more than linear work takes and far less than quadratic work takes. */
    private static final Duration SOON = Duration.ofMillis(1_900);

    private static final int HALF_MEGABYTE = 500_000;
    private static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

    private final ToolCallAssembler calls = new ToolCallAssembler(JsonReader.STANDARD, Set.of());
    private final Queue<ChatStreamEvent> events = new ArrayDeque<>();

    private void add(int index, @Nullable String id, @Nullable String name, String arguments)
            throws StreamConstraintsException {
        calls.add(new Chunk.ToolFragment(index, 0, id, name, arguments, Map.of()), events);
    }

    private String onlyArguments() throws StreamConstraintsException {
        calls.complete(events);
        assertEquals(1, calls.whole().size());
        return calls.whole().get(0).arguments();
    }

    private static ChatResponse collect(int times, IntFunction<String> choice) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < times; i++) {
            body.append("data: {\"choices\":[{").append(choice.apply(i)).append("}]}\n\n");
        }
        byte[] bytes = body.append(STOP).toString().getBytes(StandardCharsets.UTF_8);
        ChatStream stream = StreamBytes.stream(bytes);
        CpuTime.assertWithin(SOON, stream::collect);
        return stream.partial();
    }

    private static void assertTooLarge(int times, IntFunction<String> choice) {
        LlmException error = assertThrows(LlmException.class, () -> collect(times, choice));
        assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason(), error::getMessage);
    }

    private static String callOfAMessage(int number) {
        return "{\"id\":\"c" + number + "\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}";
    }

    @Test
    void messages_moreCallsThanAllowed_areRefused() {
        assertTooLarge(20_000, i -> "\"message\":{\"tool_calls\":[" + callOfAMessage(i) + "]}");
        assertTooLarge(1_025, i -> "\"message\":{\"tool_calls\":[" + callOfAMessage(i) + "]}");
        assertEquals(
                1_024,
                collect(1_024, i -> "\"message\":{\"tool_calls\":[" + callOfAMessage(i) + "]}")
                        .toolCalls()
                        .size());
    }

    /** Nothing is read after the first call beyond the limit. */
    @Test
    void messages_tooManyCalls_areRefusedWithoutReadingOn() {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i <= 1_024; i++) {
            body.append("data: {\"choices\":[{\"message\":{\"tool_calls\":[")
                    .append(callOfAMessage(i))
                    .append("]}}]}\n\n");
        }
        body.append("data: {\"choices\":[{\"delta\":{\"content\":\"behind\"}}]}\n\n");
        ChatStream stream = StreamBytes.stream(body.toString().getBytes(StandardCharsets.UTF_8));
        List<String> texts = new ArrayList<>();
        LlmException error = assertThrows(LlmException.class, () -> stream.forEachText(texts::add));
        assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
        assertEquals(List.of(), texts);
    }

    @Test
    void messages_repeatedCalls_areCountedOnce() {
        assertEquals(
                1,
                collect(20_000, i -> "\"message\":{\"tool_calls\":[" + callOfAMessage(0) + "]}")
                        .toolCalls()
                        .size());
    }

    @Test
    void append_shortRepetitionsOfLongArguments_takeLittleTime() throws Exception {
        String arguments = "{\"n\":1," + " ".repeat(HALF_MEGABYTE) + "\"m\":2}";
        CpuTime.assertWithin(SOON, () -> {
            add(0, "a", "f", arguments);
            for (int i = 0; i < 20_000; i++) {
                add(0, "a", null, "{\"n\":1,\"m\":2}");
            }
        });
        assertEquals(arguments, onlyArguments());
    }

    @Test
    void append_smallFragmentsAfterAPossiblePlaceholder_takeLittleTime() throws Exception {
        String list = "[" + " ".repeat(HALF_MEGABYTE) + "1]";
        CpuTime.assertWithin(SOON, () -> {
            add(0, "a", "f", list);
            add(0, null, null, "\"");
            for (int i = 0; i < 20_000; i++) {
                add(0, null, null, "x");
            }
        });
        assertEquals(list + "\"" + "x".repeat(20_000), onlyArguments());
    }

    @Test
    void append_smallFragments_takeLittleTime() throws Exception {
        CpuTime.assertWithin(SOON, () -> {
            add(0, "a", "f", "{\"n\":\"");
            for (int i = 0; i < HALF_MEGABYTE; i++) {
                add(0, null, null, "x");
            }
            add(0, null, null, "\"}");
        });
        assertEquals("{\"n\":\"" + "x".repeat(HALF_MEGABYTE) + "\"}", onlyArguments());
    }

    @Test
    void name_inTooManyPieces_isRefused() {
        CpuTime.assertWithin(
                SOON,
                () -> assertThrows(StreamConstraintsException.class, () -> {
                    for (int i = 0; i < 100_000; i++) {
                        add(0, "a", i % 2 == 0 ? "x" : "y", "");
                    }
                }));
    }

    @Test
    void fragments_withOnlyAnIndex_areRefusedBeyondTheLimit() {
        CpuTime.assertWithin(
                SOON,
                () -> assertThrows(StreamConstraintsException.class, () -> {
                    for (int i = 0; i < 100_000; i++) {
                        add(i, null, null, "");
                    }
                }));
        assertEquals(true, calls.isEmpty(), "none of them is a call");
    }

    @Test
    void ids_tooManyForOneCall_areRefused() {
        CpuTime.assertWithin(
                SOON,
                () -> assertThrows(StreamConstraintsException.class, () -> {
                    add(0, "a", "f", "{\"n\":\"");
                    for (int i = 0; i < 100_000; i++) {
                        add(0, "id-" + i, null, "x");
                    }
                }));
    }

    /** Each of these members counts towards the limit, whether it is shown to the caller or not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'delta':{'content':[{'type':'thinking','thinking':[{'type':'text','text':'%s'}]}]}",
                "'delta':{'content':[{'type':'thinking','seal':'%s'}]}",
                "'delta':{'reasoning':'a','reasoning_content':'%s'}",
                "'delta':{'reasoning':'a','reasoning_details':[{'type':'t','text':'%s'}]}",
                "'delta':{'x':{'y':['%s']}}",
                "'message':{'x':'%s'}",
                "'message':{'x':{'y':['%s']}}",
                "'message':{'reasoning_details':[{'type':'t','data':'%s'}]}",
                "'message':{'refusal':'%s','tool_calls':[{'function':{'name':'f','arguments':'%s'}}]}"
            })
    void collect_keptMembersBeyondTheLimitOfAText_tooLarge(String choice) {
        String large = choice.replace('\'', '"');
        IntFunction<String> piece = i -> large.replace("%s", i + "x".repeat(100_000));

        assertTooLarge(43, piece);
        collect(10, piece);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'delta':{'trace':'0123456789012345678901234567890123456789'}",
                "'delta':{'request_id':'0123456789012345678901234567890123456789'}",
                "'delta':{'n':12345678901234567890123456789012345678901234567890}"
            })
    void collect_memberRepeatedInEachChunk_countsOnce(String choice) {
        assertEquals(
                100_000,
                collect(100_000, i -> choice.replace('\'', '"').replace("}", ",\"content\":\"x\"}"))
                        .text()
                        .length());
    }

    @Test
    void collect_tooManyMembers_areNotKept() {
        ChatResponse answer = collect(100_000, i -> "\"delta\":{\"content\":\"x\",\"m" + i + "\":\"abcdefghij\"}");
        assertEquals(64, answer.message().providerFields().size());
    }
}
