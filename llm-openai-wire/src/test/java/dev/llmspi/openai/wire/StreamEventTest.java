package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests streams with unusual and malformed events. */
class StreamEventTest {

    private static final String TEXT = "{\"choices\":[{\"delta\":{\"content\":\"hello\"}}]}";
    private static final String STOP = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";

    private static ChatResponse read(String... events) {
        return StreamBytes.events(events).stream().collect();
    }

    private static LlmException failure(String... events) {
        return assertThrows(LlmException.class, () -> read(events));
    }

    /** Reads a stream until it fails, and returns the failure. The only text before it must be "hello". */
    private static LlmException failureAfterHello(String... events) {
        ChatStream stream = StreamBytes.events(events).stream();
        List<String> texts = new ArrayList<>();
        LlmException error = assertThrows(LlmException.class, () -> stream.forEachText(texts::add));
        assertEquals(List.of("hello"), texts, () -> String.join(" ", events));
        assertEquals(List.of(), stream.partial().toolCalls(), () -> String.join(" ", events));
        return error;
    }

    @Test
    void collect_truncatedChunk_malformedAndWithoutEffect() {
        String chunk = "{\"choices\":[{\"delta\":{\"content\":\"a\",\"tool_calls\":[{\"index\":0,\"function\":"
                + "{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}";
        for (int length = 1; length < chunk.length(); length++) {
            String part = chunk.substring(0, length);
            assertEquals(
                    Optional.of(ErrorReason.MALFORMED_RESPONSE),
                    failureAfterHello(TEXT, part, STOP).reason(),
                    part);
        }
        assertEquals("helloa", read(TEXT, chunk, STOP).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "[]", "\"x\"", "{} {}", "{}]", "x", "\u00e4", "null"})
    void collect_eventOtherThanAnObject_malformed(String event) {
        assertEquals(
                ErrorReason.MALFORMED_RESPONSE,
                failure(TEXT, event, STOP).reason().orElseThrow());
        assertEquals(
                ErrorReason.MALFORMED_RESPONSE, failure(TEXT, event).reason().orElseThrow(), "as the last one too");
    }

    /** The body may end in the middle of an event, which is then ignored. */
    @Test
    void collect_truncatedEventAfterTheFinishReason_isIgnored() {
        String all = "data: " + TEXT + "\n\ndata: " + STOP + "\n\ndata: " + TEXT;
        for (int missing = 1; missing < TEXT.length(); missing++) {
            byte[] cut = all.substring(0, all.length() - missing).getBytes(StandardCharsets.UTF_8);
            assertEquals("hello", StreamBytes.stream(cut).collect().text());
        }
        assertEquals(
                "hellohello",
                StreamBytes.stream(all.getBytes(StandardCharsets.UTF_8))
                        .collect()
                        .text());
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "  ", "\t", "{}", "{\"choices\":[]}", "{\"choices\":null}", "{\"choices\":{}}"})
    void collect_eventWithoutContent_isSkipped(String event) {
        assertEquals("hello", read(event, TEXT, event, STOP).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[DONE]", " [DONE]", "[DONE] ", "  [DONE]  "})
    void collect_doneWithBlanks_isTheEnd(String done) {
        assertEquals("hello", read(TEXT, STOP, done, "{no json").text());
    }

    @Test
    void collect_unusedMembersAtAnyDepth_areSkipped() {
        String noise = "\"x\":{\"choices\":[{\"delta\":{\"content\":\"no\"},\"finish_reason\":\"error\"}],"
                + "\"error\":{\"code\":1}},"
                + "\"y\":[[{\"content\":\"no\"}],{}],\"z\":1,";
        String chunk = "{" + noise + "\"object\":{\"choices\":[1]},\"usage\":[{}],\"choices\":[7,{" + noise
                + "\"logprobs\":{\"delta\":{\"content\":\"no\"}},"
                + "\"delta\":{" + noise + "\"reasoning\":{\"a\":[1]},\"content\":\"yes\","
                + "\"tool_calls\":[\"odd\",{" + noise + "\"index\":0,\"id\":{\"a\":1},"
                + "\"function\":{" + noise + "\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                + "\"finish_reason\":null}]}";
        ChatResponse answer = read(chunk, STOP);
        assertEquals("yes", answer.text());
        assertEquals("f", answer.toolCalls().get(0).name());
        assertEquals(Optional.empty(), answer.message().reasoning());
        assertEquals(FinishReason.TOOL_CALLS, answer.finishReason());
    }

    @Test
    void collect_severalChoices_onlyTheFirstIsRead() {
        String second = "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\",\"finish_reason\":\"length\"},"
                + "\"finish_reason\":\"length\"},{\"index\":0,\"delta\":{\"content\":\"yes\"}}]}";
        ChatResponse answer = read(second, STOP);
        assertEquals("yes", answer.text());
        assertEquals(FinishReason.STOP, answer.finishReason());
    }

    @Test
    void collect_errorInAChunkWithText_dropsTheText() {
        for (String event : List.of(
                "{\"choices\":[{\"error\":{\"code\":503,\"message\":\"x\"},\"delta\":{\"content\":\"no\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"no\"},\"error\":{\"code\":503,\"message\":\"x\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"no\"}}],\"error\":{\"code\":503,\"message\":\"x\"}}",
                "{\"choices\":[{},{\"error\":{\"code\":503}}]}")) {
            assertEquals(503, failureAfterHello(TEXT, event).status().orElseThrow(), event);
        }
    }

    @Test
    void collect_finishReasonError_serviceError() {
        LlmException error = failure(TEXT, STOP.replace("stop", "error"));
        assertEquals(ErrorKind.SERVICE, error.kind());
    }

    @Test
    void collect_errorInAChoice_isMappedUnlessTheChunkHasOne() {
        String choice = "\"choices\":[{\"delta\":{}},{\"delta\":{},\"finish_reason\":\"error\","
                + "\"error\":{\"code\":429,\"message\":\"slow\"}}]";
        LlmException own = failure(TEXT, "{" + choice + "}");
        assertEquals(ErrorKind.RATE_LIMIT, own.kind());
        assertTrue(own.getMessage().contains("slow"), own.getMessage());
        LlmException before =
                failure(TEXT, "{\"choices\":[{\"error\":{\"code\":429,\"message\":\"slow\"}},{\"delta\":{}}]}");
        assertEquals(ErrorKind.RATE_LIMIT, before.kind());
        LlmException whole = failure(TEXT, "{\"error\":{\"code\":402,\"message\":\"empty\"}," + choice + "}");
        assertEquals(ErrorKind.RESOURCE_EXHAUSTED, whole.kind());
        assertTrue(whole.getMessage().contains("empty"), whole.getMessage());
    }

    @Test
    void collect_dialect_seesUsageAndTheFirstNativeFinishReason() {
        OpenAiDialect dialect = new OpenAiDialect() {
            @Override
            public void response(WireReply reply, ChatResponse.Builder response) {
                JsonObject choice = reply.body().objects("choices").get(0);
                response.metadata("native", choice.text("native_finish_reason").orElse("none"))
                        .metadata(
                                "used",
                                reply.body()
                                        .object("usage")
                                        .text("completion_tokens")
                                        .orElse("none"));
            }
        };
        String usage = "{\"choices\":[],\"usage\":{\"completion_tokens\":7}}";
        String first = STOP.replace("}]}", ",\"native_finish_reason\":\"end_turn\"}]}");
        for (String[] events :
                new String[][] {{TEXT, first, first.replace("end_turn", "other"), usage}, {TEXT, STOP}}) {
            ChatResponse answer = StreamBytes.events(events).stream(dialect).collect();
            boolean said = events.length > 2;
            assertEquals(Optional.of(said ? "end_turn" : "none"), answer.metadata("native"));
            assertEquals(Optional.of(said ? "7" : "none"), answer.metadata("used"));
        }
    }

    @Test
    void collect_toolCallsWithoutIndex_areMatchedByPosition() {
        String first = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\"}},"
                + "{\"id\":\"b\",\"function\":{\"name\":\"g\"}}]}}]}";
        String second = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"{}\"}},"
                + "{\"function\":{\"arguments\":\"{\\\"n\\\":1}\"}}]}}]}";
        ChatResponse answer = read(first, second, STOP);
        assertEquals("{}", answer.toolCalls().get(0).arguments());
        assertEquals("{\"n\":1}", answer.toolCalls().get(1).arguments());
    }

    @Test
    void collect_functionAsString_isSkippedAndArgumentsAsObject_areRead() {
        String odd = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":\"odd\"},"
                + "{\"index\":1,\"function\":{\"name\":\"f\",\"arguments\":{\"n\":1}}}]}}]}";
        ChatResponse answer = read(odd, STOP);
        assertEquals(1, answer.toolCalls().size());
        assertEquals("{\"n\":1}", answer.toolCalls().get(0).arguments());
    }

    @Test
    void collect_deltaOrFunctionAsList_isSkipped() {
        String delta = "{\"choices\":[{\"delta\":[{\"content\":\"no\"}]},{\"delta\":{\"content\":\"yes\"}}]}";
        String function = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":[{\"name\":\"no\"}]},"
                + "{\"index\":1,\"function\":{\"name\":\"f\"}}]}}]}";
        ChatResponse answer = read(delta, function, STOP);
        assertEquals("yes", answer.text());
        assertEquals(
                List.of("f"), answer.toolCalls().stream().map(ToolCall::name).toList());
    }

    @Test
    void finish_withoutAModelFromTheServer_hasTheRequestedModel() {
        String named = TEXT.replaceFirst("\\{", "{\"model\":\"served\",");
        for (String[] events : new String[][] {{TEXT, STOP, "m"}, {named, STOP, "served"}}) {
            List<Optional<String>> models = new ArrayList<>();
            for (ChatStreamEvent event : StreamBytes.events(events[0], events[1]).stream()) {
                if (event instanceof ChatStreamEvent.Finish finish) {
                    models.add(finish.model());
                }
            }
            assertEquals(List.of(Optional.of(events[2])), models);
        }
    }

    @Test
    void collect_contentAsNumber_malformedAndAsParts_read() {
        String odd = TEXT.replace("\"hello\"", "5");
        assertEquals(ErrorReason.MALFORMED_RESPONSE, failure(odd, STOP).reason().orElseThrow());
        String parts = TEXT.replace("\"hello\"", "[{\"type\":\"text\",\"text\":\"hel\"},\"lo\",{\"text\":5},7]");
        assertEquals("hello", read(parts, STOP).text());
    }

    @Test
    void collect_moreBytesThanOneParserReads_complete() {
        String[] events = new String[5_001];
        Arrays.fill(events, TEXT.replace("hello", "0123456789"));
        events[5_000] = STOP;
        assertEquals(50_000, read(events).text().length());
    }
}
