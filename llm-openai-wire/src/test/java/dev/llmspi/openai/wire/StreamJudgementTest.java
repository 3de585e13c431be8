package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.http.Bounds;
import dev.llmspi.openai.wire.http.EventBody;
import dev.llmspi.openai.wire.http.SseReader;
import dev.llmspi.openai.wire.http.TransportException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks at the edge of what is one, and what becomes of the connection at each end. */
class StreamJudgementTest {

    private static final String TEXT = "{\"choices\":[{\"delta\":{\"content\":\"hello\"}}]}";
    private static final String STOP = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";

    /** Notes what is done to it. */
    private static final class Body implements EventBody {
        private final SseReader reader;
        private final List<String> done = new ArrayList<>();
        private final @Nullable TransportException end;

        Body(@Nullable TransportException end, String... events) {
            this.end = end;
            StringBuilder all = new StringBuilder();
            for (String event : events) {
                all.append("data: ").append(event).append("\n\n");
            }
            byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
            this.reader = new SseReader(new ByteArrayInputStream(bytes), Bounds.DEFAULTS);
        }

        @Override
        public int status() {
            return 200;
        }

        @Override
        public Function<String, List<String>> headers() {
            return name -> List.of();
        }

        @Override
        public @Nullable SseReader nextEvent() throws TransportException {
            try {
                if (reader.next()) {
                    return reader;
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            if (end != null) {
                throw end;
            }
            return null;
        }

        @Override
        public void limitReading(Duration time) {
            done.add("limit " + time.toMillis());
        }

        @Override
        public void letGo() {
            done.add("let go");
        }

        @Override
        public void close() {
            done.add("close");
        }
    }

    private static ChatStream stream(Body body, Duration remaining) {
        return stream(body, remaining, new OpenAiDialect() {});
    }

    private static ChatStream stream(Body body, Duration remaining, OpenAiDialect dialect) {
        ErrorMapper errors = new ErrorMapper(dialect, TimeSource.system());
        StreamSource.Rules rules = new StreamSource.Rules(
                dialect,
                errors,
                new ResponseDecoder(dialect, errors, JsonReader.STANDARD),
                JsonReader.STANDARD,
                Duration.ofSeconds(1));
        CallContext context = CallContext.builder().timeout(remaining).build();
        return ChatStream.of(
                "local",
                "m",
                new StreamSource(
                        body,
                        rules,
                        new CallScope("local", "m", context, List.of()),
                        new ServerText(List.of(), List.of(), List.of())));
    }

    private static ChatResponse read(Body body) {
        ChatStream stream = stream(body, Duration.ofMinutes(1));
        ChatResponse answer = null;
        for (var event : stream) {
            answer = stream.partial();
        }
        return answer;
    }

    private static LlmException failure(Body body) {
        return assertThrows(LlmException.class, () -> read(body));
    }

    private static Body body(String... events) {
        return new Body(null, events);
    }

    private static TransportException lost(ErrorReason reason) {
        return new TransportException(ErrorKind.CONNECTION, reason, true, 200, "the connection broke", null);
    }

    @Test
    void end_ofACompleteAnswer_letsTheConnectionGo() {
        Body body = body(TEXT, STOP, "[DONE]");
        assertEquals("hello", read(body).text());
        assertEquals(List.of("limit 1000", "let go"), body.done);
    }

    @Test
    void end_ofAnErrorEvent_letsTheConnectionGoToo() {
        Body body = body(TEXT, "{\"error\":{\"code\":502,\"message\":\"x\"}}");
        LlmException error = failure(body);
        assertEquals(502, error.status().orElseThrow());
        assertEquals(List.of("let go"), body.done);
    }

    @Test
    void end_ofAnythingThatCannotBeRead_closesTheConnection() {
        Body body = body(TEXT, "{no json");
        assertEquals(ErrorReason.MALFORMED_RESPONSE, failure(body).reason().orElseThrow());
        assertEquals(List.of("close"), body.done);
    }

    @Test
    void settle_isShortenedForTheClockOfTheCall() {
        for (long[] leftAndLimit : new long[][] {{60_000, 1_000}, {550, 500}, {40, 1}}) {
            Body body = body(STOP);
            ChatStream stream = stream(body, Duration.ofMillis(leftAndLimit[0]));
            stream.forEachText(text -> {});
            long limit = Long.parseLong(body.done.get(0).replace("limit ", ""));
            assertTrue(
                    limit <= leftAndLimit[1] && limit >= leftAndLimit[1] - 200 && limit >= 1,
                    limit + " of " + leftAndLimit[1]);
        }
    }

    @Test
    void break_afterTheFinishReason_isTheEndOfTheAnswer() {
        assertEquals(
                "hello",
                read(new Body(lost(ErrorReason.CONNECTION_LOST), TEXT, STOP)).text());
    }

    @Test
    void cancel_afterTheFinishReason_isACancelAllTheSame() {
        Body body = new Body(lost(ErrorReason.CANCELLED), TEXT, STOP);
        assertEquals(ErrorReason.CANCELLED, failure(body).reason().orElseThrow());
    }

    @Test
    void break_beforeTheFinishReason_isAnErrorWithTheIdOfTheReply() {
        Body body = new Body(lost(ErrorReason.CONNECTION_LOST), TEXT.replaceFirst("\\{", "{\"id\":\"gen-1\","));
        LlmException error = failure(body);
        assertEquals(ErrorReason.CONNECTION_LOST, error.reason().orElseThrow());
        assertEquals(Optional.of("gen-1"), error.requestId());
    }

    @Test
    void everyPartOfAChunk_isNoChunk() {
        String chunk = "{\"choices\":[{\"delta\":{\"content\":\"a\",\"tool_calls\":[{\"index\":0,\"function\":"
                + "{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}";
        for (int length = 1; length < chunk.length(); length++) {
            Body body = body(TEXT, chunk.substring(0, length), STOP);
            ChatStream stream = stream(body, Duration.ofMinutes(1));
            List<String> texts = new ArrayList<>();
            LlmException error = assertThrows(LlmException.class, () -> stream.forEachText(texts::add));
            String where = chunk.substring(0, length);
            assertEquals(ErrorReason.MALFORMED_RESPONSE, error.reason().orElseThrow(), where);
            assertEquals(List.of("hello"), texts, where);
            assertEquals(List.of(), stream.partial().toolCalls(), where);
        }
        assertEquals("helloa", read(body(TEXT, chunk, STOP)).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "[]", "\"x\"", "{} {}", "{}]", "x", "\u00e4", "null"})
    void eventThatIsNoObject_isAnError(String event) {
        assertEquals(
                ErrorReason.MALFORMED_RESPONSE,
                failure(body(TEXT, event, STOP)).reason().orElseThrow());
        assertEquals(
                ErrorReason.MALFORMED_RESPONSE,
                failure(body(TEXT, event)).reason().orElseThrow(),
                "as the last one too");
    }

    /** The body may end within an event: then half of it is nothing of the answer. */
    @Test
    void halfAnEventAfterTheFinishReason_isLeftOut() {
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
    void eventWithoutAnything_isPassedOver(String event) {
        assertEquals("hello", read(body(event, TEXT, event, STOP)).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[DONE]", " [DONE]", "[DONE] ", "  [DONE]  "})
    void done_withBlanksAround_isTheEnd(String done) {
        assertEquals("hello", read(body(TEXT, STOP, done, "{no json")).text());
    }

    @Test
    void whatNobodyAsksFor_isPassedOverWhereverItStands() {
        String noise =
                "\"x\":{\"choices\":[{\"delta\":{\"content\":\"no\"},\"finish_reason\":\"error\"}],\"error\":{\"code\":1}},"
                        + "\"y\":[[{\"content\":\"no\"}],{}],\"z\":1,";
        String chunk = "{" + noise + "\"object\":{\"choices\":[1]},\"usage\":[{}],\"choices\":[7,{" + noise
                + "\"logprobs\":{\"delta\":{\"content\":\"no\"}},"
                + "\"delta\":{" + noise + "\"reasoning\":{\"a\":[1]},\"content\":\"yes\","
                + "\"tool_calls\":[\"odd\",{" + noise + "\"index\":0,\"id\":{\"a\":1},"
                + "\"function\":{" + noise + "\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                + "\"finish_reason\":null}]}";
        ChatResponse answer = read(body(chunk, STOP));
        assertEquals("yes", answer.text());
        assertEquals("f", answer.toolCalls().get(0).name());
        assertEquals(Optional.empty(), answer.message().reasoning());
        assertEquals(FinishReason.TOOL_CALLS, answer.finishReason());
    }

    @Test
    void otherAnswersThanTheFirst_arePassedOver() {
        String second = "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\",\"finish_reason\":\"length\"},"
                + "\"finish_reason\":\"length\"},{\"index\":0,\"delta\":{\"content\":\"yes\"}}]}";
        ChatResponse answer = read(body(second, STOP));
        assertEquals("yes", answer.text());
        assertEquals(FinishReason.STOP, answer.finishReason());
    }

    @Test
    void errorBesideAPiece_takesThePieceBack() {
        for (String event : List.of(
                "{\"choices\":[{\"error\":{\"code\":503,\"message\":\"x\"},\"delta\":{\"content\":\"no\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"no\"},\"error\":{\"code\":503,\"message\":\"x\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"no\"}}],\"error\":{\"code\":503,\"message\":\"x\"}}",
                "{\"choices\":[{},{\"error\":{\"code\":503}}]}")) {
            Body body = body(TEXT, event);
            ChatStream stream = stream(body, Duration.ofMinutes(1));
            List<String> texts = new ArrayList<>();
            LlmException error = assertThrows(LlmException.class, () -> stream.forEachText(texts::add));
            assertEquals(503, error.status().orElseThrow(), event);
            assertEquals(List.of("hello"), texts, event);
        }
    }

    @Test
    void finishReasonError_isAnErrorOfTheService() {
        LlmException error = failure(body(TEXT, STOP.replace("stop", "error")));
        assertEquals(ErrorKind.SERVICE, error.kind());
    }

    @Test
    void errorOfAChoice_isJudgedLikeOneOfTheWholeUnlessThatHasOne() {
        String choice = "\"choices\":[{\"delta\":{}},{\"delta\":{},\"finish_reason\":\"error\","
                + "\"error\":{\"code\":429,\"message\":\"slow\"}}]";
        LlmException own = failure(body(TEXT, "{" + choice + "}"));
        assertEquals(ErrorKind.RATE_LIMIT, own.kind());
        assertTrue(own.getMessage().contains("slow"), own.getMessage());
        LlmException before =
                failure(body(TEXT, "{\"choices\":[{\"error\":{\"code\":429,\"message\":\"slow\"}},{\"delta\":{}}]}"));
        assertEquals(ErrorKind.RATE_LIMIT, before.kind());
        LlmException whole = failure(body(TEXT, "{\"error\":{\"code\":402,\"message\":\"empty\"}," + choice + "}"));
        assertEquals(ErrorKind.RESOURCE_EXHAUSTED, whole.kind());
        assertTrue(whole.getMessage().contains("empty"), whole.getMessage());
    }

    @Test
    void dialect_seesUsageAndTheFirstFinishReasonOfTheModelItselfAsInAWholeAnswer() {
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
            ChatResponse answer =
                    stream(body(events), Duration.ofMinutes(1), dialect).collect();
            boolean said = events.length > 2;
            assertEquals(Optional.of(said ? "end_turn" : "none"), answer.metadata("native"));
            assertEquals(Optional.of(said ? "7" : "none"), answer.metadata("used"));
        }
    }

    @Test
    void toolCallsWithoutIndex_goByTheirPlace() {
        String first = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\"}},"
                + "{\"id\":\"b\",\"function\":{\"name\":\"g\"}}]}}]}";
        String second = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"{}\"}},"
                + "{\"function\":{\"arguments\":\"{\\\"n\\\":1}\"}}]}}]}";
        ChatResponse answer = read(body(first, second, STOP));
        assertEquals("{}", answer.toolCalls().get(0).arguments());
        assertEquals("{\"n\":1}", answer.toolCalls().get(1).arguments());
    }

    @Test
    void functionThatIsNone_andArgumentsThatAreAnObject_areRead() {
        String odd = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":\"odd\"},"
                + "{\"index\":1,\"function\":{\"name\":\"f\",\"arguments\":{\"n\":1}}}]}}]}";
        ChatResponse answer = read(body(odd, STOP));
        assertEquals(1, answer.toolCalls().size());
        assertEquals("{\"n\":1}", answer.toolCalls().get(0).arguments());
    }

    @Test
    void deltaOrFunctionThatIsAList_isPassedOver() {
        String delta = "{\"choices\":[{\"delta\":[{\"content\":\"no\"}]},{\"delta\":{\"content\":\"yes\"}}]}";
        String function = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":[{\"name\":\"no\"}]},"
                + "{\"index\":1,\"function\":{\"name\":\"f\"}}]}}]}";
        ChatResponse answer = read(body(delta, function, STOP));
        assertEquals("yes", answer.text());
        assertEquals(
                List.of("f"), answer.toolCalls().stream().map(ToolCall::name).toList());
    }

    @Test
    void modelThatIsNeverNamed_isTheOneThatWasAskedFor() {
        String named = TEXT.replaceFirst("\\{", "{\"model\":\"served\",");
        for (String[] events : new String[][] {{TEXT, STOP, "m"}, {named, STOP, "served"}}) {
            List<Optional<String>> models = new ArrayList<>();
            for (ChatStreamEvent event : stream(body(events[0], events[1]), Duration.ofMinutes(1))) {
                if (event instanceof ChatStreamEvent.Finish finish) {
                    models.add(finish.model());
                }
            }
            assertEquals(List.of(Optional.of(events[2])), models);
        }
    }

    @Test
    void contentThatIsNoText_cannotBeRead() {
        String odd = TEXT.replace("\"hello\"", "5");
        assertEquals(
                ErrorReason.MALFORMED_RESPONSE,
                failure(body(odd, STOP)).reason().orElseThrow());
        String parts = TEXT.replace("\"hello\"", "[{\"type\":\"text\",\"text\":\"hel\"},\"lo\",{\"text\":5},7]");
        assertEquals("hello", read(body(parts, STOP)).text());
    }

    @Test
    void manyChunks_areReadByManyParsers() {
        String[] events = new String[5_001];
        Arrays.fill(events, TEXT.replace("hello", "0123456789"));
        events[5_000] = STOP;
        assertEquals(50_000, read(body(events)).text().length());
    }
}
