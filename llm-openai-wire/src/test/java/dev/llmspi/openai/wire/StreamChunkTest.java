package dev.llmspi.openai.wire;

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
import dev.llmspi.api.ResponseMetadata;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the chunks of a stream, as servers send it. */
class StreamChunkTest {

    private static final String DONE = "[DONE]";

    private static ChatStream stream(String... chunks) {
        StringBuilder body = new StringBuilder();
        for (String chunk : chunks) {
            body.append("data: ").append(chunk.replace('\'', '"')).append("\n\n");
        }
        return StreamBytes.stream(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String delta(String delta) {
        return "{'choices':[{'index':0,'delta':{" + delta + "},'finish_reason':null}]}";
    }

    private static String calls(String calls) {
        return delta("'content':null,'tool_calls':[" + calls + "]");
    }

    private static String finish(String word) {
        return "{'choices':[{'delta':{},'finish_reason':" + word + "}]}";
    }

    /** Collects, and checks that the fragments of each call are its arguments. */
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
    void toolCalls_noArgumentsInAnyForm_emptyObject() {
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
    void toolCalls_argumentsAsObject_asText() {
        assertEquals(
                List.of(call("a", "f", "{\"x\":1}")),
                toolCalls("{'index':0,'id':'a','function':{'name':'f','arguments':{'x':1}}}"));
    }

    @Test
    void toolCalls_blanksBehindCompleteArguments_ignored() {
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
    void toolCalls_everyIndexZero_callsApartById() {
        assertEquals(
                List.of(call("a", "f", "{}"), call("b", "f", "{\"x\":1}"), call("c", "g", "{}")),
                toolCalls(
                        "{'index':0,'id':'a','function':{'name':'f','arguments':'{}'}}",
                        "{'index':0,'id':'b','function':{'name':'f','arguments':''}}",
                        "{'index':0,'function':{'arguments':'{\\\"x\\\":1}'}}",
                        "{'index':0,'id':'c','function':{'name':'g'}}"));
    }

    @Test
    void toolCalls_withoutIndex_byIdThenPosition() {
        List<ToolCall> two = List.of(call("a", "f", "{\"x\":1}"), call("b", "g", "{\"y\":2}"));
        assertEquals(
                two,
                toolCalls(
                        "{'id':'a','function':{'name':'f'}},{'id':'b','function':{'name':'g'}}",
                        "{'id':'b','function':{'arguments':'{\\\"y\\\"'}},{'id':'a','function':{'arguments':'{\\\"x\\\"'}}",
                        "{'function':{'arguments':':1}'}},{'function':{'arguments':':2}'}}"));
        assertEquals(
                two,
                toolCalls(
                        "{'id':'a','function':{'name':'f','arguments':'{\\\"x\\\":1}'}}",
                        "{'id':'b','function':{'name':'g','arguments':'{\\\"y\\\":2}'}}"));
    }

    @Test
    void toolCalls_idsMissingLateOrRepeated_unique() {
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
    void toolCalls_lateName_heldBackUntilThen() {
        assertEquals(
                List.of(call("a", "f", "{\"x\":1}")),
                toolCalls(
                        "{'index':0,'id':'a','function':{'arguments':'{\\\"x\\\"'}}",
                        "{'index':0,'function':{'name':'f','arguments':':1}'}}"));
    }

    @Test
    void toolCalls_notAnObject_toldSo() {
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
    void toolCalls_doneWithoutFinish_halfACallNeverEscapes() {
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

    /** 100 KB in 20,000 fragments: what repeats what came so far allocates a gigabyte. */
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

    /** The piece of text and its event are all that a chunk should cost. */
    @Test
    void text_aChunk_littleMemory() {
        int chunks = 20_000;
        String chunk = "data: {\"id\":\"gen-1\",\"object\":\"chat.completion.chunk\",\"created\":1790000001,"
                + "\"model\":\"openai/gpt-5-mini\",\"provider\":\"OpenAI\",\"choices\":[{\"index\":0,\"delta\":{"
                + "\"role\":\"assistant\",\"content\":\" word\"},\"finish_reason\":null,\"native_finish_reason\":null,"
                + "\"logprobs\":null}],\"usage\":null}\n\n";
        byte[] bytes = (chunk.repeat(chunks) + "data: [DONE]\n\n").getBytes(StandardCharsets.UTF_8);
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();

        assertEquals(5 * chunks, StreamBytes.stream(bytes).collect().text().length());

        long perChunk = (memory.getCurrentThreadAllocatedBytes() - before) / chunks;
        assertTrue(perChunk < 300, perChunk + " bytes a chunk");
    }

    @Test
    void content_inEveryForm_text() {
        ChatResponse answer = stream(
                        delta("'role':'assistant'"),
                        delta("'role':'','content':null"),
                        delta("'content':''"),
                        delta("'content':'a'"),
                        delta("'content':[{'type':'text','text':'b'},{'type':'image'},'c']"),
                        "{'choices':[{'delta':null}]}",
                        "{'choices':null}",
                        "{'debug':{'x':[1,{}]},'new':[[]]}",
                        finish("'stop'"),
                        finish("'length'"),
                        finish("null"))
                .collect();

        assertEquals("abc", answer.text());
        assertEquals(FinishReason.STOP, answer.finishReason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'choices':[],'usage':{'total_tokens':13}}",
                "{'choices':[{'delta':{'content':''},'finish_reason':null}],'usage':{'total_tokens':13}}",
                "{'choices':[{'delta':{'content':''},'finish_reason':'stop'}],'usage':{'total_tokens':13}}"
            })
    void usage_inThreeShapes_lastOneCounts(String chunk) {
        String first = "{'choices':[],'usage':{'total_tokens':1}}";
        ChatResponse answer = stream(first, delta("'content':'a'"), finish("'stop'"), chunk, DONE)
                .collect();

        assertEquals(13, answer.usage().totalTokens().orElseThrow());
        assertEquals(FinishReason.STOP, answer.finishReason());
    }

    @Test
    void reasoning_inBothFields_once() {
        ChatResponse answer = stream(
                        delta("'reasoning':'a','reasoning_content':'a','reasoning_details':[{'type':'reasoning.text',"
                                + "'text':'a','index':0}]"),
                        delta("'reasoning_content':'b'"),
                        delta(
                                "'reasoning':null,'reasoning_details':[{'type':'reasoning.summary','summary':'c','index':1}]"),
                        delta("'reasoning_details':[{'type':'reasoning.text','signature':'s','index':0}]"),
                        delta("'reasoning_details':[{'type':'reasoning.encrypted','data':'x','id':'1'},"
                                + "{'type':'reasoning.encrypted','data':'y','id':'2'}]"),
                        delta("'content':'ok'"),
                        finish("'stop'"))
                .collect();

        assertEquals(Optional.of("abc"), answer.message().reasoning());
        assertEquals(
                List.of(
                        Map.of("type", "reasoning.text", "text", "a", "index", 0, "signature", "s"),
                        Map.of("type", "reasoning.summary", "summary", "c", "index", 1),
                        Map.of("type", "reasoning.encrypted", "data", "x", "id", "1"),
                        Map.of("type", "reasoning.encrypted", "data", "y", "id", "2")),
                answer.message().reasoningDetails());
        assertTrue(answer.message().isFrom("local", "m"));
    }

    @Test
    void reasoning_behindTextInTheSameDelta_comesFirst() {
        List<ChatStreamEvent> events = new ArrayList<>();
        stream(delta("'content':'b','reasoning':'a'"), finish("'stop'")).forEach((ChatStreamEvent e) -> events.add(e));

        assertEquals(
                List.of(new ChatStreamEvent.ReasoningDelta("a"), new ChatStreamEvent.TextDelta("b")),
                events.subList(0, 2));
    }

    @Test
    void finish_everythingBeside_onTheAnswer() {
        ChatResponse answer = stream(
                        "{'id':'','model':'','choices':[]}",
                        "{'id':17,'model':'m-1','service_tier':null,'choices':[{'delta':{'refusal':'no'}}]}",
                        "{'id':'other','model':'m-2','service_tier':'flex','choices':[]}",
                        finish("'endturn'"))
                .collect();

        assertEquals(Optional.of("17"), answer.requestId());
        assertEquals(Optional.of("m-1"), answer.model());
        assertEquals(Optional.of("flex"), answer.metadata(ResponseMetadata.SERVICE_TIER));
        assertEquals(Optional.of("no"), answer.metadata(ResponseMetadata.REFUSAL));
        assertEquals(FinishReason.UNKNOWN, answer.finishReason());
        assertEquals(Optional.of("endturn"), answer.rawFinishReason());
    }
}
