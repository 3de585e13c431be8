package dev.llmspi.openai.wire;

import static dev.llmspi.openai.wire.StreamChunks.DONE;
import static dev.llmspi.openai.wire.StreamChunks.delta;
import static dev.llmspi.openai.wire.StreamChunks.finish;
import static dev.llmspi.openai.wire.StreamChunks.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ResponseMetadata;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests content, usage, reasoning and finish reasons in the chunks of a stream. */
class StreamChunkTest {

    /** Reading a chunk should allocate little more than its text and its event. */
    @Test
    void text_ofAChunk_littleMemory() {
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
    void content_inEveryForm_becomesText() {
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
    void usage_inThreeShapes_theLastOneCounts(String chunk) {
        String first = "{'choices':[],'usage':{'total_tokens':1}}";
        ChatResponse answer = stream(first, delta("'content':'a'"), finish("'stop'"), chunk, DONE)
                .collect();

        assertEquals(13, answer.usage().totalTokens().orElseThrow());
        assertEquals(FinishReason.STOP, answer.finishReason());
    }

    @Test
    void reasoning_inSeveralFields_isReportedOnce() {
        ChatResponse answer = stream(
                        delta("'reasoning':'a','reasoning_content':'a','reasoning_details':[{'type':'reasoning.text',"
                                + "'text':'a','index':0}]"),
                        delta("'reasoning_content':'b'"),
                        delta("'reasoning':null,'reasoning_details':[{'type':'reasoning.summary',"
                                + "'summary':'c','index':1}]"),
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
    void reasoning_afterTextInTheSameDelta_isReportedFirst() {
        List<ChatStreamEvent> events = new ArrayList<>();
        stream(delta("'content':'b','reasoning':'a'"), finish("'stop'")).forEach((ChatStreamEvent e) -> events.add(e));

        assertEquals(
                List.of(new ChatStreamEvent.ReasoningDelta("a"), new ChatStreamEvent.TextDelta("b")),
                events.subList(0, 2));
    }

    @Test
    void finish_membersOutsideTheChoices_areInTheAnswer() {
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
