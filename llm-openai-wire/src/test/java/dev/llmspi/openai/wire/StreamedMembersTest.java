package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests chunk members that are sent more than once, in more than one place or in pieces. */
class StreamedMembersTest {

    private static final String STOP = "{'choices':[{'delta':{},'finish_reason':'stop'}]}";

    private static ChatResponse answer(String... chunks) {
        StringBuilder body = new StringBuilder();
        for (String chunk : chunks) {
            body.append("data: ").append(chunk.replace('\'', '"')).append("\n\n");
        }
        body.append("data: ").append(STOP.replace('\'', '"')).append("\n\n");
        return StreamBytes.stream(body.toString().getBytes(StandardCharsets.UTF_8))
                .collect();
    }

    private static String message(String members) {
        return "{'choices':[{'message':{" + members + "}}]}";
    }

    private static String delta(String members) {
        return "{'choices':[{'delta':{" + members + "}}]}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'refusal':'I will ' | 'refusal':'I will not.' | I will not.",
                "'refusal':'I will not.' | 'refusal':'I will not.' | I will not.",
                "'content':'Hello.' | 'content':'Hello. You.' | Hello. You."
            })
    void next_cumulativeMessages_areEmittedOnce(String first, String second, String text) {
        assertEquals(text, answer(message(first), message(second)).text());
    }

    @Test
    void collect_deltaThatRepeatsAMessage_isIgnored() {
        assertEquals(
                "I will not.",
                answer(message("'refusal':'I will not.'"), delta("'refusal':'I will not.'"))
                        .text());
        ChatResponse reasoned =
                answer(message("'content':'x','reasoning':'Let me see.'"), delta("'reasoning':'Let me see.'"));
        assertEquals(Optional.of("Let me see."), reasoned.message().reasoning());
    }

    @Test
    void collect_messagesBesideDeltas_areKeptComplete() {
        ChatResponse answer = answer(
                "{'choices':[{'delta':{'reasoning':''},'message':{'content':'','reasoning':'Let '}}]}",
                "{'choices':[{'delta':{'reasoning':'me'},'message':{'content':'','reasoning':'Let me'}}]}");
        assertEquals(Optional.of("Let me"), answer.message().reasoning());
        assertEquals("\"Let me\"", answer.message().providerFields().get("reasoning"));
    }

    @Test
    void collect_thinkingPartsWithoutText_keepTheirPosition() {
        ChatResponse answer = answer(
                delta("'content':[{'type':'thinking','thinking':[{'type':'text','text':'I '}]}]"),
                delta("'content':[{'type':'thinking','thinking':[{'type':'text','text':'know '}]}]"),
                delta("'content':[{'type':'thinking','thinking':[{'type':'reference','reference_ids':[7]}]}]"),
                delta("'content':[{'type':'thinking','thinking':[{'type':'text','text':'it.'}]}]"),
                delta("'content':'x'"));
        assertEquals(Optional.of("I know it."), answer.message().reasoning());
        assertEquals(
                "[{'type':'thinking','thinking':[{'type':'text','text':'I know '},{'type':'reference',"
                        + "'reference_ids':[7]},"
                        + "{'type':'text','text':'it.'}]}]",
                answer.message().providerFields().get("content").replace('"', '\''));
    }

    @Test
    void collect_functionCallThenTheSameToolCall_isOneCall() {
        ChatResponse answer = answer(
                delta("'function_call':{'name':'f','arguments':'{\\\"n\\\":1}'}"),
                delta("'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':'{\\\"n\\\":1}'}}]"));
        assertEquals(
                List.of("{\"n\":1}"),
                answer.toolCalls().stream().map(ToolCall::arguments).toList());
    }

    @Test
    void collect_objectRepeatedInEachChunk_isKeptOnce() {
        String[] chunks = new String[100_000];
        Arrays.fill(chunks, delta("'content':'x','meta':{'trace':'" + "0".repeat(50) + "'}"));
        assertEquals(chunks.length, answer(chunks).text().length());
    }

    @Test
    void collect_errorWithUsage_fails() {
        LlmException error = assertThrows(
                LlmException.class,
                () -> answer(delta("'content':'x'"), "{'message':'slow down','code':429,'usage':{'total_tokens':3}}"));
        assertEquals(ErrorKind.RATE_LIMIT, error.kind());
    }

    /**
     * A line without a field name is read if it is the only line between two blank lines. Within an event, it is
     * ignored.
     */
    @Test
    void collect_errorOnALineWithoutAField_fails() {
        String body = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n{\"error\":{\"code\":500,"
                + "\"message\":\"no\"}}\n\n"
                + "data: [DONE]\n\n";
        LlmException error =
                assertThrows(LlmException.class, () -> StreamBytes.stream(body.getBytes(StandardCharsets.UTF_8))
                        .collect());
        assertEquals(500, error.status().orElseThrow());
    }

    private static LlmException errorEvent(String lines) {
        String body = "event: error\n" + lines + "\n\n";
        return assertThrows(LlmException.class, () -> StreamBytes.stream(body.getBytes(StandardCharsets.UTF_8))
                .collect());
    }

    /** An event with four megabytes of lines is read in linear time. The error is in the last line. */
    @Test
    void collect_errorEventOfManyLines_takesLittleTime() {
        String lines = "data: x\n".repeat(500_000);
        CpuTime.assertWithin(Duration.ofSeconds(5), () -> {
            assertEquals(
                    503,
                    errorEvent(lines + "data: {\"error\":{\"code\":503}}")
                            .status()
                            .orElseThrow());
            assertEquals(ErrorKind.SERVICE, errorEvent(lines + "data: broken").kind());
        });
    }

    /** Half of a chunk, which may be long, precedes the error. The error message shows no part of the answer. */
    @Test
    void collect_errorAfterATruncatedChunk_doesNotShowTheChunk() {
        for (int length : new int[] {10, 20_000}) {
            String half = "data: {\"choices\":[{\"delta\":{\"content\":\"" + "SECRET".repeat(length);
            for (String error : List.of("data: it broke", "data: {\"error\":{\"message\":\"it broke\"}}")) {
                String shown = errorEvent(half + "\n" + error).getMessage();
                assertTrue(shown.contains("it broke"), shown);
                assertFalse(shown.contains("SECRET"), shown);
            }
        }
    }
}
