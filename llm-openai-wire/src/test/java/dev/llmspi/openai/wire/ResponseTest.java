package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTest {

    private final Bench bench;

    ResponseTest() throws Exception {
        bench = new Bench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static String choice(String finish, String message) {
        return "{\"choices\":[{\"finish_reason\":" + finish + ",\"message\":" + message + "}]}";
    }

    @Test
    void decode_paddedBody_isAnAnswer() {
        ChatResponse answer = bench.reply("\n".repeat(2000)
                + "{\"id\":17,\"model\":\"m-2026\",\"new\":{},\"choices\":[{\"finish_reason\":\"stop\","
                + "\"message\":{\"role\":\"\",\"content\":\"a\u2028b 😀\"}}]}");

        assertEquals("a\u2028b 😀", answer.text());
        assertEquals(Optional.of("17"), answer.requestId());
        assertEquals(Optional.of("m-2026"), answer.model());
        assertEquals("local", answer.provider());
        assertEquals(Usage.none(), answer.usage());
    }

    @Test
    void decode_partsAndNulls_textAndNothing() {
        assertEquals(
                "ab",
                bench.reply(choice(
                                "\"stop\"",
                                "{\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                                        + "{\"type\":\"image\"},{\"text\":\"b\"}]}"))
                        .text());
        ChatResponse nothing = bench.reply(choice("\"stop\"", "{\"content\":null}"));
        assertEquals("", nothing.text());
        assertFalse(nothing.hasContent());
        assertTrue(bench.reply(choice("\"stop\"", "{\"content\":\"\"}")).hasContent());
    }

    @ParameterizedTest
    @CsvSource({
        "'\"stop\"',STOP,stop",
        "'\"length\"',LENGTH,length",
        "'\"tool_calls\"',TOOL_CALLS,tool_calls",
        "'\"function_call\"',TOOL_CALLS,function_call",
        "'\"content_filter\"',CONTENT_FILTER,content_filter",
        "'\"endturn\"',UNKNOWN,endturn",
        "null,UNKNOWN,"
    })
    void decode_finishReason_isMappedAndKept(String json, FinishReason reason, String raw) {
        ChatResponse answer = bench.reply(choice(json, "{\"content\":\"x\"}"));

        assertEquals(reason, answer.finishReason());
        assertEquals(Optional.ofNullable(raw), answer.rawFinishReason());
    }

    @Test
    void decode_unusualToolCalls_areRead() {
        ChatResponse answer = bench.reply(choice(
                "null",
                "{\"content\":null,\"tool_calls\":["
                        + "{\"function\":{\"name\":\"a\"}},"
                        + "{\"id\":\"\",\"function\":{\"name\":\"b\",\"arguments\":\"\"}},"
                        + "{\"id\":\"x\",\"function\":{\"name\":\"c\",\"arguments\":null}},"
                        + "{\"id\":\"x\",\"function\":{\"name\":\"d\",\"arguments\":\"{ \\\"k\\\": 1 }\"}},"
                        + "{\"id\":\"y\",\"function\":{\"name\":\"e\",\"arguments\":\"{\\\"cut\\\":\"}},"
                        + "{\"id\":\"z\",\"function\":{\"name\":\"f\",\"arguments\":{\"k\":1}}}]}"));

        assertEquals(FinishReason.TOOL_CALLS, answer.finishReason());
        List<ToolCall> calls = answer.toolCalls();
        assertEquals(
                List.of("{}", "{}", "{}", "{ \"k\": 1 }", "{\"cut\":", "{\"k\":1}"),
                calls.stream().map(ToolCall::arguments).toList());
        assertEquals(
                List.of(true, true, true, true, false, true),
                calls.stream().map(ToolCall::wellFormed).toList());
        assertEquals(6, calls.stream().map(ToolCall::id).distinct().count());
    }

    @Test
    void decode_usage_absentStaysAbsent() {
        Usage usage = bench.reply("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":null,\"total_tokens\":\"7\","
                        + "\"prompt_tokens_details\":{\"cached_tokens\":3,\"cache_write_tokens\":-1},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":1e2}},"
                        + "\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}")
                .usage();

        assertEquals(
                Usage.builder()
                        .inputTokens(5)
                        .totalTokens(7)
                        .cachedInputTokens(3)
                        .reasoningTokens(100)
                        .build(),
                usage);
    }

    @Test
    void decode_refusal_textAndMetadata() {
        ChatResponse answer = bench.reply(choice("\"stop\"", "{\"content\":null,\"refusal\":\"I will not\"}"));
        assertEquals("I will not", answer.text());
        assertEquals(Optional.of("I will not"), answer.metadata(ResponseMetadata.REFUSAL));

        ChatResponse both = bench.reply(choice("\"stop\"", "{\"content\":\"a\",\"refusal\":\"b\"}"));
        assertEquals("a", both.text());
        assertEquals(Optional.of("b"), both.metadata(ResponseMetadata.REFUSAL));
    }

    @Test
    void decode_completionInsideProvider_isUnwrapped() {
        assertEquals(
                "x",
                bench.reply("{\"id\":null,\"choices\":null,\"provider\":" + choice("\"stop\"", "{\"content\":\"x\"}")
                                + "}")
                        .text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "{}",
                "<html>captive portal</html>",
                "{\"choices\":null}",
                "{\"choices\":[]}",
                "{\"choices\":\"c4n4ry\"}",
                "{\"choices\":[5]}",
                "{\"choices\":[{}]}",
                "{\"choices\":[{\"message\":\"c4n4ry\"}]}",
                "{\"choices\":[{\"message\":{\"content\":42}}]}",
                "{\"choices\":[{\"message\":{\"tool_calls\":{}}}]}",
                "{\"choices\":[{\"message\":{\"content\":\"c4n4ry",
                "{\"choices\":[{\"finish_reason\":null,\"message\":{\"content\":null}}]}",
                "{\"html-message\":\"Network connection lost.\"}",
                "",
                " \n\n ",
                "\u0000\u0001\u0002"
            })
    void decode_replyWithoutAnAnswer_serviceErrorWithoutItsText(String body) {
        LlmException error = bench.failure(200, body);

        assertEquals(ErrorKind.SERVICE, error.kind());
        assertTrue(error.reason().orElseThrow() == ErrorReason.MALFORMED_RESPONSE
                || error.reason().orElseThrow() == ErrorReason.EMPTY_RESPONSE);
        assertEquals(200, error.status().orElseThrow());
        assertTrue(error.requestSent());
        assertFalse(error.toString().contains("c4n4ry"));
        assertEquals(null, error.getCause());
    }

    @Test
    void decode_beyondTheLimits_tooLarge() {
        String deep = "[".repeat(100_000);
        String number = "{\"choices\":" + "9".repeat(5000) + "}";
        String name = "{\"" + "n".repeat(5000) + "\":1}";
        for (String body : List.of(deep, number, name)) {
            assertEquals(
                    ErrorReason.TOO_LARGE, bench.failure(200, body).reason().orElseThrow());
        }
        assertEquals(
                Optional.empty(),
                bench.reply("{\"usage\":{\"cost\":1e999999999,\"prompt_tokens\":1e999999999},\"choices\":[{"
                                + "\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}")
                        .usage()
                        .cost());
    }

    @Test
    void decode_namesThatEchoKeyOrPrompt_areRedacted() {
        String answer = "{\"id\":\"%1$s\",\"model\":\"of/%1$s\",\"choices\":[{\"finish_reason\":\"%1$s\","
                + "\"message\":{\"content\":\"x\"}}]}";
        ChatResponse response = bench.reply(answer.formatted(Bench.KEY));

        assertEquals("of/***", response.model().orElseThrow());
        assertEquals("***", response.requestId().orElseThrow());
        assertEquals("***", response.rawFinishReason().orElseThrow());

        bench.answer(200, answer.formatted("a-word-of-the-prompt"));
        response = bench.chat(
                ChatRequest.of("a-word-of-the-prompt").toBuilder().model("m").build());

        assertEquals("of/[prompt]", response.model().orElseThrow());
    }

    @Test
    void decode_keyThatIsAWordOfAModelsName_nameStays() throws Exception {
        try (Bench local = new Bench("api-key", "ollama")) {
            String answer = "{\"model\":\"ollama/m\",\"choices\":[{\"finish_reason\":\"stop\","
                    + "\"message\":{\"content\":\"x\"}}]}";
            assertEquals("ollama/m", local.reply(answer).model().orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"reasoning_content\":\"deep\"",
                "\"reasoning\":\"deep\",\"reasoning_content\":\"other\"",
                "\"reasoning\":null,\"reasoning_content\":\"deep\""
            })
    void decode_reasoningByEitherName_isReasoning(String members) {
        ChatResponse answer = bench.reply(choice("\"stop\"", "{\"content\":\"x\"," + members + "}"));

        assertEquals(Optional.of("deep"), answer.message().reasoning());
    }

    @Test
    void decode_largeMembersOutsideTheAnswer_areSkipped() {
        String image = "i".repeat(5 * 1024 * 1024);
        String message = "{\"content\":\"hello\",\"images\":[{\"image_url\":{\"url\":\"" + image
                + "\"}}],\"audio\":{\"data\":\"" + image + "\"}}";
        String logprobs = "[" + "{\"token\":\"a\",\"bytes\":[1,2]},".repeat(50_000) + "{}]";

        assertEquals(
                "hello",
                bench.reply("{\"choices\":[{\"logprobs\":{\"content\":" + logprobs
                                + "},\"finish_reason\":\"stop\",\"message\":" + message + "}]}")
                        .text());
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 204, 206})
    void decode_otherSuccesses_serviceError(int status) {
        LlmException error = bench.failure(status, status == 204 ? "" : choice("\"stop\"", "{\"content\":\"x\"}"));

        assertEquals(ErrorKind.SERVICE, error.kind());
        assertEquals(status, error.status().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'error':{'code':429,'message':'slow'},'user_id':'u'}|RATE_LIMIT|429",
                "{'error':{'code':'429','message':'slow'}}|RATE_LIMIT|429",
                "{'error':{'code':402,'message':'pay'},'choices':null}|RESOURCE_EXHAUSTED|402",
                "{'error':{'code':'server_error','message':'m'}}|SERVICE|200",
                "{'error':{'code':'rate_limit_exceeded','message':'m'}}|RATE_LIMIT|200",
                "{'error':{'code':'context_length_exceeded','message':'m'}}|MODEL|200",
                "{'error':'overloaded'}|SERVICE|200",
                "{'error':'rate_limit_exceeded'}|RATE_LIMIT|200",
                "{'choices':[{'error':{'code':502,'message':'m'},'finish_reason':'error',"
                        + "'message':{'content':'x'}}]}|SERVICE|502",
                "{'choices':[{'finish_reason':'error','message':{'content':'partial'}}],'usage':null}|SERVICE|200"
            })
    void decode_errorInsideSuccess_classifiedAsOne(String body, ErrorKind kind, int status) {
        LlmException error = bench.failure(200, body.replace('\'', '"'));

        assertEquals(kind, error.kind(), error::getMessage);
        assertEquals(status, error.status().orElseThrow());
        assertFalse(error.getMessage().contains("partial"));
    }
}
