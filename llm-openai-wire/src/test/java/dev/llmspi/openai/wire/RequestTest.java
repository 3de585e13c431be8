package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.Message;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.UserMessage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.testkit.FakeRequest;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class RequestTest {

    private static final String ANSWER = "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}";

    private static String sent(ChatRequest request, Object... config) throws Exception {
        try (Bench bench = new Bench(config)) {
            assertEquals(List.of(), bench.faults);
            bench.answer(200, ANSWER).chat(request);
            return bench.request().body();
        }
    }

    @Test
    void chat_everySetting_fieldsInFixedOrder() throws Exception {
        ChatRequest request = ChatRequest.builder()
                .system("S")
                .user("Grüße 😀")
                .model("acme/m:free")
                .temperature(0.2)
                .topP(0.9)
                .topK(40)
                .frequencyPenalty(-0.5)
                .presencePenalty(1)
                .maxOutputTokens(200)
                .stop("END")
                .seed(7)
                .reasoning(Reasoning.effort("low"))
                .extra("openai", "zeta", Map.of("b", 1, "a", new BigDecimal("0.10")))
                .extra("openai", "alpha", List.of(true, "x"))
                .extra("other", "not", "sent")
                .build();

        assertEquals(
                "{\"model\":\"acme/m:free\",\"temperature\":0.2,\"top_p\":0.9,\"top_k\":40,"
                        + "\"frequency_penalty\":-0.5,\"presence_penalty\":1.0,\"max_tokens\":200,\"stop\":[\"END\"],"
                        + "\"seed\":7,\"reasoning_effort\":\"low\",\"alpha\":[true,\"x\"],\"zeta\":{\"a\":0.10,"
                        + "\"b\":1},"
                        + "\"messages\":[{\"role\":\"system\",\"content\":\"S\"},"
                        + "{\"role\":\"user\",\"content\":\"Grüße 😀\"}]}",
                sent(request));
    }

    @Test
    void chat_toolTurn_contentNullAndCallsUnchanged() throws Exception {
        ChatRequest request = ChatRequest.builder()
                .model("m")
                .message(UserMessage.of(new TextPart("a"), new TextPart("b")))
                .message(AssistantMessage.builder()
                        .toolCalls(List.of(new ToolCall("c1", "f", "{ \"x\" : 1 }", true)))
                        .build())
                .message(Message.tool("c1", "42"))
                .build();

        assertEquals(
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                        + "{\"type\":\"text\",\"text\":\"b\"}]},{\"role\":\"assistant\",\"content\":null,"
                        + "\"tool_calls\":["
                        + "{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                        + "\"arguments\":\"{ \\\"x\\\" : 1 }\"}}]},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"42\"}]}",
                sent(request));
    }

    @Test
    void chat_toolTurnWithEmptyTextOnly_contentNull() throws Exception {
        ToolCall call = new ToolCall("c1", "f", "{}", true);
        for (List<ContentPart> parts :
                List.<List<ContentPart>>of(List.of(new TextPart("")), List.of(new TextPart(""), new TextPart("")))) {
            String sent = sent(Bench.HELLO.toBuilder()
                    .message(AssistantMessage.builder()
                            .content(parts)
                            .toolCalls(List.of(call))
                            .build())
                    .message(Message.tool("c1", "42"))
                    .build());

            assertTrue(sent.contains("\"role\":\"assistant\",\"content\":null,"), sent);
        }
    }

    @Test
    void chat_extras_requestWinsOverBlockAndNeverOverItsOwnFields() throws Exception {
        ChatRequest request = ChatRequest.builder()
                .user("u")
                .model("m")
                .temperature(1)
                .extra("openai", "tier", "request")
                .extra("openai", "temperature", 2)
                .extra("openai", "model", "other")
                .build();

        assertEquals(
                "{\"model\":\"m\",\"temperature\":1.0,\"tier\":\"request\",\"block\":1,"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"u\"}]}",
                sent(request, "extras", Map.of("tier", "block", "block", 1, "stream", true)));
    }

    @Test
    void chat_maxTokensField_asConfigured() throws Exception {
        ChatRequest request = Bench.HELLO.toBuilder().maxOutputTokens(9).build();

        assertTrue(sent(request, "max-tokens-field", "max_completion_tokens").contains("\"max_completion_tokens\":9"));
    }

    @Test
    void chat_headers_ownWinOverBlockOverCall() throws Exception {
        try (Bench bench = new Bench("headers", Map.of("X-Block", "block", "X-Both", "block"))) {
            CallContext context = CallContext.builder()
                    .headers(Map.of(
                            "authorization", "Bearer stolen",
                            "Content-Type", "text/plain",
                            "Host", "evil",
                            "x-both", "call",
                            "traceparent", "00-1-2-01"))
                    .build();
            bench.answer(200, ANSWER).provider.chat(Bench.HELLO, context);

            FakeRequest request = bench.request();
            assertEquals(Optional.of("Bearer " + Bench.KEY), request.header("Authorization"));
            assertEquals("application/json", request.header("Content-Type").orElseThrow());
            assertTrue(request.header("Host").orElseThrow().startsWith("localhost")
                    || request.header("Host").orElseThrow().startsWith("127."));
            assertEquals(Optional.of("block"), request.header("X-Both"));
            assertEquals("00-1-2-01", request.header("traceparent").orElseThrow());
            assertEquals("block", request.header("X-Block").orElseThrow());
            assertEquals(Optional.empty(), request.header("Transfer-Encoding"));
            assertEquals("/v1/chat/completions", request.path());
        }
    }

    @Test
    void config_reservedHeaders_faultsWithoutValue() throws Exception {
        try (Bench bench = new Bench("headers", Map.of("authorization", "Bearer c4n4ry", "X-Bad", "a\nc4n4ry"))) {
            assertEquals(2, bench.faults.size());
            assertFalse(bench.faults.toString().contains("c4n4ry"));
        }
    }

    @Test
    void chat_badCallHeader_refusedUnsentWithoutValue() throws Exception {
        try (Bench bench = new Bench()) {
            CallContext context = CallContext.builder()
                    .headers(Map.of("X-Bad", "c4n4ry\r\nX: y"))
                    .build();

            LlmException error =
                    Assertions.assertThrows(LlmException.class, () -> bench.provider.chat(Bench.HELLO, context));

            assertEquals(ErrorKind.INVALID_REQUEST, error.kind());
            assertFalse(error.requestSent());
            assertTrue(error.getMessage().contains("X-Bad"));
            assertEquals(Optional.empty(), error.tryNext(), "every provider gets the call's headers");
            assertFalse(error.getMessage().contains("c4n4ry"));
            assertEquals(0, bench.requests());
        }
    }

    @Test
    void chat_noModel_modelErrorUnsent() throws Exception {
        try (Bench bench = new Bench()) {
            LlmException error = bench.failure(ChatRequest.of("Hello"));

            assertEquals(ErrorKind.MODEL, error.kind());
            assertEquals(ErrorReason.NOT_MAPPED, error.reason().orElseThrow());
            assertFalse(error.requestSent());
        }
    }

    @Test
    void chat_noModelAtAServerThatChooses_goesOutWithoutTheField() throws Exception {
        OpenAiDialect chooses = new OpenAiDialect() {
            @Override
            public boolean needsModel() {
                return false;
            }
        };
        try (Bench bench = new Bench(chooses)) {
            assertFalse(bench.provider.needsModel());
            assertEquals(
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}", bench.sent(ChatRequest.of("Hello")));
            ChatRequest warm =
                    ChatRequest.of("Hello").toBuilder().temperature(0.5).build();
            assertEquals(
                    "{\"temperature\":0.5,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}", bench.sent(warm));
            assertTrue(bench.sent(Bench.HELLO).startsWith("{\"model\":\"m\",\"messages\":["));
        }
    }

    @Test
    void needsModel_plainDialect_yesUnlessItHasADefault() throws Exception {
        OpenAiDialect withDefault = new OpenAiDialect() {
            @Override
            public Optional<String> defaultModel() {
                return Optional.of("auto");
            }
        };
        try (Bench plain = new Bench();
                Bench hasDefault = new Bench(withDefault)) {
            assertTrue(plain.provider.needsModel());
            assertFalse(hasDefault.provider.needsModel());
        }
    }

    @Test
    void chat_requestBeyond32MiB_refusedUnsent() throws Exception {
        try (Bench bench = new Bench()) {
            LlmException error = bench.failure(ChatRequest.of("x".repeat(33 * 1024 * 1024)).toBuilder()
                    .model("m")
                    .build());

            assertEquals(ErrorReason.TOO_LARGE, error.reason().orElseThrow());
            assertEquals(ErrorKind.INVALID_REQUEST, error.kind());
            assertFalse(error.requestSent());
            assertEquals(0, bench.requests());
        }
    }

    @Test
    void chat_whatJsonDoesNotHave_refusedUnsentNamingTheField() throws Exception {
        try (Bench bench = new Bench()) {
            LlmException error = bench.failure(Bench.HELLO.toBuilder()
                    .extra("openai", "when", Map.of("at", new Object()))
                    .build());

            assertTrue(error.getMessage().contains("when"), error::getMessage);
            assertEquals(Optional.of(true), error.tryNext(), "these extras are for this type alone");
            assertEquals(ErrorKind.INVALID_REQUEST, error.kind());
            assertFalse(error.requestSent());
            assertEquals(0, bench.requests());
        }
    }

    @Test
    void chat_badHeaderOfTheDialect_refusedUnsentAndGoesOn() throws Exception {
        OpenAiDialect dialect = new OpenAiDialect() {
            @Override
            public Map<String, String> headers(CallContext context) {
                return Map.of("X-Bad", "a\r\nb");
            }
        };
        try (Bench bench = new Bench(dialect)) {
            LlmException error = bench.failure(Bench.HELLO);

            assertEquals(ErrorKind.INVALID_REQUEST, error.kind());
            assertFalse(error.requestSent());
            assertEquals(Optional.of(true), error.tryNext(), "other dialects have other headers");
            assertEquals(0, bench.requests());
        }
    }

    @Test
    void chat_headersThatDifferInCaseOnly_theLaterOfEachIsSent() throws Exception {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            headers.put("X-Name-" + i, "earlier");
            headers.put("x-name-" + i, "later");
        }
        OpenAiDialect dialect = new OpenAiDialect() {
            @Override
            public Map<String, String> headers(CallContext context) {
                return headers;
            }
        };
        try (Bench bench = new Bench(dialect)) {
            bench.reply("{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}");
            FakeRequest request = bench.request();
            for (int i = 0; i < 20; i++) {
                assertEquals("later", request.header("X-Name-" + i).orElseThrow());
            }
        }
    }
}
