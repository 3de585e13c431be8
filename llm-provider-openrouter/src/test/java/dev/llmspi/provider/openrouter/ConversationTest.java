package dev.llmspi.provider.openrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.Message;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.testkit.FakeReply;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests streams, tools and caching in OpenRouter's format. */
class ConversationTest {

    private static final String STREAM = ": OPENROUTER PROCESSING\n\n"
            + "data: {\"id\":\"gen-1\",\"provider\":\"Acme\",\"model\":\"acme/m\","
            + "\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n"
            + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\","
            + "\"native_finish_reason\":\"end_turn\"}]}\n\n"
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"cost\":0.5,\"is_byok\":true,"
            + "\"cost_details\":{\"upstream_inference_cost\":0.25}},\"openrouter_metadata\":{\"attempt\":1}}\n\n"
            + "data: [DONE]\n\n";

    private static String sent(Map<String, ?> config, ChatRequest.Builder request) throws Exception {
        try (Bench bench = new Bench(config)) {
            bench.answer(events(STREAM));
            bench.provider.stream(request.model("acme/m").build(), CallContext.create())
                    .collect();
            return bench.server.lastRequest().body().replace('"', '\'');
        }
    }

    private static ChatRequest.Builder withTool() {
        return ChatRequest.builder()
                .user("u")
                .tools(ToolDefinition.of("f", "d", "{}").withCacheMark());
    }

    @Test
    void stream_text_hasUsageAndMetadata() throws Exception {
        try (Bench bench = new Bench()) {
            bench.answer(events(STREAM, "X-Generation-Id: gen-2"));
            ChatResponse answer = bench.provider.stream(ChatRequest.of("Hello"), CallContext.create())
                    .collect();

            assertEquals("Hi", answer.text());
            assertEquals(FinishReason.STOP, answer.finishReason());
            assertEquals("or", answer.provider());
            assertEquals(Optional.of("acme/m"), answer.model());
            assertEquals(Optional.of(new BigDecimal("0.75")), answer.usage().spend());
            assertEquals(Optional.of("Acme"), answer.metadata(ResponseMetadata.UPSTREAM_PROVIDER));
            assertEquals(Optional.of("gen-2"), answer.metadata(ResponseMetadata.GENERATION_ID));
            assertEquals(Optional.of("end_turn"), answer.metadata(ResponseMetadata.NATIVE_FINISH_REASON));
            assertEquals(Boolean.TRUE, answer.metadata().get(ResponseMetadata.IS_BYOK));
            assertEquals(Map.of("attempt", 1), answer.metadata().get("openrouter_metadata"));
            assertEquals(
                    "{\"model\":\"openrouter/auto\",\"stream\":true,\"messages\":[{\"role\":\"user\","
                            + "\"content\":\"Hello\"}]}",
                    bench.server.lastRequest().body());
        }
    }

    @Test
    void request_fieldsTheAnswerDependsOn_requireUpstreamSupport() throws Exception {
        assertTrue(sent(Map.of(), withTool()).contains("'provider':{'require_parameters':true}"));
        ResponseFormat schema = ResponseFormat.jsonSchema("s", "{}");
        assertTrue(sent(Map.of(), ChatRequest.builder().user("u").responseFormat(schema))
                .contains("'provider':{'require_parameters':true}"));
        assertFalse(
                sent(Map.of(), ChatRequest.builder().user("u").temperature(1)).contains("require_parameters"));
    }

    @Test
    void request_userConfiguresUpstreamSupport_isKept() throws Exception {
        Map<String, ?> config = Map.of("provider-preferences", Map.of("sort", "price"));
        assertTrue(sent(config, withTool()).contains("'provider':{'require_parameters':true,'sort':'price'}"));
        Map<String, ?> lax = Map.of("provider-preferences", Map.of("require_parameters", false));
        assertTrue(sent(lax, withTool()).contains("'provider':{'require_parameters':false}"));
        assertTrue(sent(config, withTool().extra("openrouter", "provider", Map.of("zdr", true)))
                .contains("'provider':{'require_parameters':true,'zdr':true}"));
    }

    private static ChatRequest.Builder withReasoning() {
        AssistantMessage said = AssistantMessage.builder()
                .toolCalls(List.of(new ToolCall("toolu:1", "f", "{}", true)))
                .reasoningDetails(List.of(Map.of("type", "reasoning.encrypted", "data", "opaque")))
                .providerFields(
                        Map.of("reasoning", "\"thought\"", "reasoning_content", "\"thought\"", "refusal", "null"))
                .from("or", "acme/m")
                .build();
        return ChatRequest.builder()
                .user("u")
                .message(said)
                .message(Message.tool("toolu:1", "42"))
                .user("and now?");
    }

    @Test
    void request_reasoning_isSentAsDetailsOnly() throws Exception {
        String body = sent(Map.of(), withReasoning());

        assertTrue(
                body.contains("'reasoning_details':[{'data':'opaque','type':'reasoning.encrypted'}],'refusal':null,"),
                body);
        assertFalse(body.contains("thought"), body);
        assertTrue(body.contains("'id':'toolu:1'") && body.contains("'tool_call_id':'toolu:1'"), body);
    }

    @Test
    void request_reasoningOfAnEndedRound_isSentAsConfigured() throws Exception {
        String body = sent(Map.of("reasoning-echo", "auto"), withReasoning());

        assertFalse(body.contains("reasoning"), body);
        assertTrue(body.contains("'refusal':null"), body);
    }

    /** The model name sent to OpenRouter contains the variant, but the model name in the request does not. */
    @Test
    void request_reasoningOfAModelWithAVariant_isSentBack() throws Exception {
        assertTrue(sent(Map.of("variant", "nitro"), withReasoning()).contains("opaque"));
    }

    /** Both a complete and a streamed message name the requested model without the variant. */
    @Test
    void answer_ofAModelWithAVariant_isFromTheRequestedModel() {
        ChatRequest request = ChatRequest.of("u").toBuilder().model("acme/m").build();
        String whole = "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}";
        String event = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\n";
        try (Bench bench = new Bench(Map.of("variant", "nitro"))) {
            bench.answer(200, whole).answer(events(event));
            AssistantMessage said =
                    bench.provider.chat(request, CallContext.create()).message();
            AssistantMessage streamed = bench.provider.stream(request, CallContext.create())
                    .collect()
                    .message();
            assertTrue(said.isFrom("or", "acme/m") && streamed.isFrom("or", "acme/m"));
        }
    }

    @Test
    void request_fieldRulesOfTheConfiguration_areApplied() throws Exception {
        Map<String, ?> config = Map.of(
                "user",
                "u1",
                "service-tier",
                "flex",
                "request",
                Map.of("omit", List.of("user"), "rename", Map.of("service_tier", "tier")));
        String body = sent(config, ChatRequest.builder().user("u"));

        assertTrue(body.contains("'tier':'flex'") && !body.contains("service_tier") && !body.contains("u1"), body);
    }

    @Test
    void request_cacheMarks_areSent() throws Exception {
        String body = sent(
                Map.of(),
                withTool()
                        .message(SystemMessage.of(new TextPart("s")).withCacheMark())
                        .automaticCaching());

        assertTrue(body.contains("{'model':'acme/m','stream':true,'cache_control':{'type':'ephemeral'},"), body);
        assertTrue(body.contains("'parameters':{}},'cache_control':{'type':'ephemeral'}}]"), body);
        assertTrue(body.contains("{'type':'text','text':'s','cache_control':{'type':'ephemeral'}}"), body);
    }

    private static FakeReply events(String body, String... headers) {
        return FakeReply.of(200, "text/event-stream", body, headers);
    }
}
