package dev.llmspi.openai.wire;

import static dev.llmspi.openai.wire.StreamChunks.DONE;
import static dev.llmspi.openai.wire.StreamChunks.calls;
import static dev.llmspi.openai.wire.StreamChunks.finish;
import static dev.llmspi.openai.wire.StreamChunks.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.error.LlmException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests tool calls in the chunks of a stream. */
class StreamedToolCallsTest {

    /** Collects the calls, and checks that the fragments of each call add up to its arguments. */
    private static List<ToolCall> toolCalls(String... elements) {
        String[] chunks = new String[elements.length + 1];
        for (int i = 0; i < elements.length; i++) {
            chunks[i] = calls(elements[i]);
        }
        chunks[elements.length] = finish("'stop'");
        Map<Integer, StringBuilder> fragments = new HashMap<>();
        List<ToolCall> complete = new ArrayList<>();
        ChatStream stream = stream(chunks);
        for (ChatStreamEvent event : stream) {
            if (event instanceof ChatStreamEvent.ToolCallDelta delta) {
                assertFalse(delta.id().isEmpty() || delta.name().isEmpty());
                fragments
                        .computeIfAbsent(delta.index(), index -> new StringBuilder())
                        .append(delta.argumentsFragment());
            } else if (event instanceof ChatStreamEvent.ToolCallComplete call) {
                assertEquals(complete.size(), call.index());
                complete.add(call.call());
                String joined = fragments.get(call.index()).toString();
                assertEquals(call.call().arguments(), joined);
            } else if (event instanceof ChatStreamEvent.Finish finish) {
                assertEquals(FinishReason.TOOL_CALLS, finish.reason());
            }
        }
        return complete;
    }

    private static ToolCall call(String id, String name, String arguments) {
        return new ToolCall(id, name, arguments, true);
    }

    @Test
    void toolCalls_withoutArguments_emptyObject() {
        for (String arguments : List.of("", ",'arguments':''", ",'arguments':' '", ",'arguments':null")) {
            assertEquals(
                    List.of(call("a", "f", "{}")),
                    toolCalls("{'index':0,'id':'a','function':{'name':'f'" + arguments + "}}"));
        }
        assertEquals(
                List.of(call("a", "f", "{}")),
                toolCalls(
                        "{'index':0,'id':'a','function':{'name':'f'}}", "{'index':0,'function':{'arguments':'\\n'}}"));
    }

    @Test
    void toolCalls_argumentsAsObject_becomeText() {
        assertEquals(
                List.of(call("a", "f", "{\"x\":1}")),
                toolCalls("{'index':0,'id':'a','function':{'name':'f','arguments':{'x':1}}}"));
    }

    @Test
    void toolCalls_blanksAfterCompleteArguments_ignored() {
        assertEquals(
                List.of(call("a", "f", " {\"x\" : 1}")),
                toolCalls(
                        "{'index':0,'id':'a','function':{'name':'f','arguments':' '}}",
                        "{'index':0,'function':{'arguments':'{\\\"x\\\" '}}",
                        "{'index':0,'function':{'arguments':': 1}'}}",
                        "{'index':0,'function':{'arguments':'  '}}",
                        "{'index':0,'function':{'arguments':'\\n'}}"));
    }

    @Test
    void toolCalls_allWithIndexZero_areSeparatedById() {
        assertEquals(
                List.of(call("a", "f", "{}"), call("b", "f", "{\"x\":1}"), call("c", "g", "{}")),
                toolCalls(
                        "{'index':0,'id':'a','function':{'name':'f','arguments':'{}'}}",
                        "{'index':0,'id':'b','function':{'name':'f','arguments':''}}",
                        "{'index':0,'function':{'arguments':'{\\\"x\\\":1}'}}",
                        "{'index':0,'id':'c','function':{'name':'g'}}"));
    }

    @Test
    void toolCalls_withoutIndex_areMatchedByIdThenPosition() {
        List<ToolCall> two = List.of(call("a", "f", "{\"x\":1}"), call("b", "g", "{\"y\":2}"));
        assertEquals(
                two,
                toolCalls(
                        "{'id':'a','function':{'name':'f'}},{'id':'b','function':{'name':'g'}}",
                        "{'id':'b','function':{'arguments':'{\\\"y\\\"'}},{'id':'a',"
                                + "'function':{'arguments':'{\\\"x\\\"'}}",
                        "{'function':{'arguments':':1}'}},{'function':{'arguments':':2}'}}"));
        assertEquals(
                two,
                toolCalls(
                        "{'id':'a','function':{'name':'f','arguments':'{\\\"x\\\":1}'}}",
                        "{'id':'b','function':{'name':'g','arguments':'{\\\"y\\\":2}'}}"));
    }

    @Test
    void toolCalls_missingLateOrRepeatedIds_becomeUnique() {
        assertEquals(
                List.of(call("call_0", "f", "{}"), call("call_1", "g", "{}")),
                toolCalls("{'index':0,'function':{'name':'f'}},{'index':1,'id':'','function':{'name':'g'}}"));
        assertEquals(
                List.of(call("late", "f", "{}")),
                toolCalls(
                        "{'index':0,'function':{'name':'f'}}",
                        "{'index':0,'id':'late','function':{'arguments':'{}'}}"));
        assertEquals(
                List.of(call("x", "f", "{}"), call("x_1", "f", "{}")),
                toolCalls("{'index':0,'id':'x','function':{'name':'f'}},{'index':1,'id':'x','function':{'name':'f'}}"));
        assertEquals(
                List.of(call("7", "f", "{\"x\":1}")),
                toolCalls(
                        "{'index':0,'id':7,'function':{'name':'f','arguments':'{\\\"x\\\"'}}",
                        "{'index':0,'id':7,'function':{'name':'f','arguments':':1}'}}",
                        "{'index':0,'id':7,'function':{'name':'f','arguments':'{\\\"x\\\":1}'}}"));
    }

    @Test
    void toolCalls_lateName_holdsTheFragmentsBack() {
        assertEquals(
                List.of(call("a", "f", "{\"x\":1}")),
                toolCalls(
                        "{'index':0,'id':'a','function':{'arguments':'{\\\"x\\\"'}}",
                        "{'index':0,'function':{'name':'f','arguments':':1}'}}"));
    }

    @Test
    void toolCalls_incompleteObject_notWellFormed() {
        assertFalse(toolCalls("{'index':0,'id':'a','function':{'name':'f','arguments':'{\\\"x\\\":'}}")
                .get(0)
                .wellFormed());
    }

    @Test
    void toolCalls_withoutAName_malformed() {
        ChatStream stream = stream(calls("{'index':0,'function':{'arguments':'{}'}}"), finish("'tool_calls'"));

        LlmException error = assertThrows(LlmException.class, stream::collect);
        assertEquals(Optional.of(ErrorReason.MALFORMED_RESPONSE), error.reason());
    }

    @Test
    void toolCalls_doneWithoutFinish_incompleteCallIsNotReturned() {
        String half = calls("{'index':0,'id':'a','function':{'name':'f','arguments':'{\\\"x\\\":'}}");
        ChatStream stream = stream(half, DONE);
        assertEquals(
                Optional.of(ErrorReason.TRUNCATED),
                assertThrows(LlmException.class, stream::collect).reason());
        assertTrue(stream.partial().toolCalls().isEmpty());

        ChatResponse whole = stream(half, calls("{'index':0,'function':{'arguments':'1}'}}"), DONE)
                .collect();
        assertEquals(FinishReason.TOOL_CALLS, whole.finishReason());
    }

    @Test
    void toolCalls_withFinishInTheSameChunk_complete() {
        ChatResponse answer = stream("{'choices':[{'delta':{'tool_calls':[{'index':0,'id':'a','function':{'name':'f',"
                        + "'arguments':'{}'}}]},'finish_reason':'tool_calls'}]}")
                .collect();

        assertEquals(List.of(call("a", "f", "{}")), answer.toolCalls());
    }

    /** Copying the arguments for each of the 20,000 fragments would allocate a gigabyte. */
    @Test
    void toolCalls_hundredKilobytesInSmallFragments_memoryInProportion() {
        int fragments = 20_000;
        StringBuilder body = new StringBuilder("data: "
                + calls("{'index':0,'id':'a','function':{'name':'f','arguments':'{\\\"x\\\":\\\"'}}") + "\n\n");
        String piece = "data: " + calls("{'index':0,'function':{'arguments':'abcde'}}") + "\n\n";
        body.append(piece.repeat(fragments));
        body.append("data: ")
                .append(calls("{'index':0,'function':{'arguments':'\\\"}'}}"))
                .append("\n\n");
        body.append("data: ").append(finish("'tool_calls'")).append("\n\n");
        byte[] bytes = body.toString().replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();

        ChatResponse answer = StreamBytes.stream(bytes).collect();

        long perFragment = (memory.getCurrentThreadAllocatedBytes() - before) / fragments;
        assertEquals(5 * fragments + 8, answer.toolCalls().get(0).arguments().length());
        assertTrue(answer.toolCalls().get(0).wellFormed());
        assertTrue(perFragment < 600, perFragment + " bytes a fragment");
    }
}
