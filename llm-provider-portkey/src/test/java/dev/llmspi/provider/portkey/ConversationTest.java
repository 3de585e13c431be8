package dev.llmspi.provider.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.Message;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.testkit.FakeReply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests streams and caching through Portkey's gateway. */
class ConversationTest {

    private static final ChatRequest HELLO =
            ChatRequest.of("Hello").toBuilder().model("m").build();
    private static final String EVENTS = "text/event-stream";
    private static final String TEXT = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    private static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

    private static ChatStream stream(Bench bench, String body) {
        bench.answer(FakeReply.of(200, EVENTS, body, "x-portkey-trace-id: t-1"));
        return bench.provider.stream(HELLO, CallContext.create());
    }

    @Test
    void stream_guardrailResultsFirst_areOnTheAnswer() throws Exception {
        try (Bench bench = new Bench()) {
            ChatResponse answer = stream(bench, "data: {\"hook_results\":{\"a\":[]}}\n\n" + TEXT + STOP)
                    .collect();

            assertEquals("Hi", answer.text());
            assertTrue(answer.metadata().containsKey(ResponseMetadata.GUARDRAILS));
            assertEquals(Optional.of("t-1"), answer.metadata(ResponseMetadata.TRACE_ID));
            assertTrue(bench.server.lastRequest().body().contains("\"stream_options\":{\"include_usage\":true}"));
        }
    }

    @Test
    void stream_doneWithoutFinish_isTruncated() throws Exception {
        try (Bench bench = new Bench()) {
            LlmException error = assertThrows(LlmException.class, stream(bench, TEXT + "data: [DONE]\n\n")::collect);

            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(Optional.of(ErrorReason.TRUNCATED), error.reason());
        }
    }

    /** The stream contains an OpenRouter error chunk as the gateway rewrites it. */
    @Test
    void stream_emptiedErrorEvent_isNotAnAnswer() throws Exception {
        try (Bench bench = new Bench()) {
            String emptied = "data: {\"provider\":\"openrouter\",\"choices\":[{\"delta\":{}}]}\n\n";

            LlmException error = assertThrows(LlmException.class, stream(bench, emptied)::collect);

            assertEquals(Optional.of(ErrorReason.EMPTY_RESPONSE), error.reason());
        }
    }

    @Test
    void request_reasoningDetails_areSentBackToOpenRouterOnly() throws Exception {
        AssistantMessage turn = AssistantMessage.builder()
                .toolCalls(List.of(new ToolCall("c1", "f", "{}", true)))
                .reasoningDetails(List.of(Map.of("type", "reasoning.encrypted", "data", "opaque")))
                .build();
        ChatRequest request = HELLO.toBuilder()
                .message(turn)
                .message(Message.tool("c1", "42"))
                .build();
        for (String provider : new String[] {"anthropic", "openrouter"}) {
            try (Bench bench = new Bench(Map.of("provider", provider, "provider-api-key", Bench.UPSTREAM_KEY))) {
                bench.answer(FakeReply.of(200, EVENTS, TEXT + STOP));
                bench.provider.stream(request, CallContext.create()).collect();

                String body = bench.server.lastRequest().body();
                assertEquals(provider.equals("openrouter"), body.contains("\"data\":\"opaque\""), body);
            }
        }
    }

    /**
     * As with other providers, the provider data in a message is only sent back to the configuration block and model
     * that it came from.
     */
    @Test
    void request_upstreamFields_areSentBackToTheirBlockOnly() throws Exception {
        for (String from : List.of("pk", "other")) {
            AssistantMessage turn = AssistantMessage.builder()
                    .toolCalls(List.of(new ToolCall(
                            "functions.f:0", "f", "{}", true, Map.of("extra_content", "{\"google\":{ }}"))))
                    .providerFields(Map.of("reasoning_content", "\"thought\""))
                    .from(from, "m")
                    .build();
            ChatRequest request = HELLO.toBuilder()
                    .message(turn)
                    .message(Message.tool("functions.f:0", " "))
                    .build();
            try (Bench bench = new Bench(Map.of("provider", "google", "provider-api-key", Bench.UPSTREAM_KEY))) {
                bench.answer(FakeReply.of(200, EVENTS, TEXT + STOP));
                bench.provider.stream(request, CallContext.create()).collect();

                String body = bench.server.lastRequest().body();
                boolean own = from.equals(bench.provider.name());
                assertEquals(own, body.contains("\"extra_content\":{\"google\":{ }}"), body);
                assertEquals(own, body.contains("\"reasoning_content\":\"thought\""), body);
                assertEquals(own, body.contains("functions.f:0"), body);
                assertTrue(body.contains("\"content\":\"(no output)\""), body);
            }
        }
    }

    @Test
    void request_cacheMarks_areNotSentToOpenAi() throws Exception {
        ChatRequest request = HELLO.toBuilder()
                .message(SystemMessage.of(new TextPart("s")).withCacheMark())
                .build();
        for (String provider : new String[] {"anthropic", "openai"}) {
            try (Bench bench = new Bench(Map.of("provider", provider, "provider-api-key", Bench.UPSTREAM_KEY))) {
                bench.answer(FakeReply.of(200, EVENTS, TEXT + STOP));
                bench.provider.stream(request, CallContext.create()).collect();

                String body = bench.server.lastRequest().body();
                assertEquals(provider.equals("anthropic"), body.contains("cache_control"), body);
            }
        }
    }
}
