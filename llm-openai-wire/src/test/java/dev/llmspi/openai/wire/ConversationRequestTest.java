package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.AudioPart;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.FilePart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolChoice;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import dev.llmspi.api.error.LlmException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests requests with tools, schemas, message parts and cache marks. */
class ConversationRequestTest {

    private static final String ANSWER = "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}";

    private static final OpenAiDialect CACHING = new OpenAiDialect() {
        @Override
        public boolean sendsCacheMarks() {
            return true;
        }

        @Override
        public boolean echoesReasoning() {
            return true;
        }

        @Override
        public Map<String, Object> automaticCaching() {
            return Map.of("cache_control", Map.of("type", "ephemeral"));
        }
    };

    private static String sent(OpenAiDialect dialect, ChatRequest request) throws Exception {
        try (Bench bench = new Bench(dialect)) {
            bench.answer(200, ANSWER).chat(request.toBuilder().model("m").build());
            return bench.request().body().replace('"', '\'');
        }
    }

    private static String sent(ChatRequest request) throws Exception {
        return sent(new OpenAiDialect() {}, request);
    }

    private static ChatRequest.Builder user(UserMessage message) {
        return ChatRequest.builder().message(message);
    }

    @Test
    void chat_parts_eachInItsForm() throws Exception {
        ChatRequest request = user(UserMessage.of(
                        new TextPart("see"),
                        ImagePart.of(URI.create("https://x.example/a.png")),
                        new ImagePart("https://x.example/b.png", Optional.of("low")),
                        ImagePart.of(new byte[] {1, 2, 3}, "image/png"),
                        AudioPart.of(new byte[] {1, 2, 3}, "wav"),
                        FilePart.of("a.pdf", new byte[] {1, 2, 3}, "application/pdf"),
                        FilePart.of("b.pdf", URI.create("https://x.example/b.pdf"))))
                .build();

        assertEquals(
                "{'model':'m','messages':[{'role':'user','content':[{'type':'text','text':'see'},"
                        + "{'type':'image_url','image_url':{'url':'https://x.example/a.png'}},"
                        + "{'type':'image_url','image_url':{'url':'https://x.example/b.png','detail':'low'}},"
                        + "{'type':'image_url','image_url':{'url':'data:image/png;base64,AQID'}},"
                        + "{'type':'input_audio','input_audio':{'data':'AQID','format':'wav'}},"
                        + "{'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,AQID'}},"
                        + "{'type':'file','file':{'filename':'b.pdf','file_data':'https://x.example/b.pdf'}}]}]}",
                sent(request));
    }

    @Test
    void chat_tools_schemaAsGiven() throws Exception {
        ChatRequest request = ChatRequest.builder()
                .user("u")
                .tools(
                        ToolDefinition.of("f", "does f", "{ \"type\" : \"object\" }"),
                        ToolDefinition.of("g", "", "{}").withStrict().withCacheMark())
                .toolChoice(ToolChoice.named("f"))
                .parallelToolCalls(false)
                .extra("openai", "tools", List.of())
                .build();

        assertEquals(
                "{'model':'m','tool_choice':{'type':'function','function':{'name':'f'}},'parallel_tool_calls':false,"
                        + "'tools':[{'type':'function','function':{'name':'f','description':'does f',"
                        + "'parameters':{ 'type' : 'object' }}},{'type':'function','function':{'name':'g',"
                        + "'description':'','parameters':{},'strict':true}}],"
                        + "'messages':[{'role':'user','content':'u'}]}",
                sent(request));
        assertTrue(sent(CACHING, request).contains("'strict':true},'cache_control':{'type':'ephemeral'}}],"));
    }

    @Test
    void chat_toolChoice_words() throws Exception {
        ChatRequest.Builder request = ChatRequest.builder().user("u").tools(ToolDefinition.of("f", "", "{}"));
        assertTrue(sent(request.toolChoice(ToolChoice.auto()).build()).contains("'tool_choice':'auto'"));
        assertTrue(sent(request.toolChoice(ToolChoice.none()).build()).contains("'tool_choice':'none'"));
        assertTrue(sent(request.toolChoice(ToolChoice.required()).build()).contains("'tool_choice':'required'"));
    }

    @Test
    void chat_responseFormat_everyForm() throws Exception {
        ChatRequest.Builder request = ChatRequest.builder().user("u");
        assertTrue(sent(request.responseFormat(ResponseFormat.text()).build())
                .contains("'response_format':{'type':'text'}"));
        assertTrue(sent(request.responseFormat(ResponseFormat.jsonObject()).build())
                .contains("'response_format':{'type':'json_object'}"));
        ResponseFormat schema = ResponseFormat.jsonSchema("city", "{\"type\": \"object\"}");
        assertTrue(sent(request.responseFormat(schema).build())
                .contains("'response_format':{'type':'json_schema','json_schema':{'name':'city','strict':true,"
                        + "'schema':{'type': 'object'}}}"));
        assertTrue(sent(request.responseFormat(schema.lenient()).build()).contains("'strict':false"));
    }

    @Test
    void chat_schemaThatIsNone_refusedUnsentNamingTheField() throws Exception {
        for (String schema : List.of("", "[]", "{", "{} {}", "{},\"x\":1", "null")) {
            try (Bench bench = new Bench()) {
                LlmException format = bench.failure(Bench.HELLO.toBuilder()
                        .responseFormat(ResponseFormat.jsonSchema("city", schema))
                        .build());
                LlmException tool = bench.failure(Bench.HELLO.toBuilder()
                        .tools(ToolDefinition.of("f", "", schema))
                        .build());

                assertTrue(format.getMessage().contains("response format, field schema"), format::getMessage);
                assertTrue(tool.getMessage().contains("tool \"f\", field parameters"), tool::getMessage);
                assertEquals(ErrorKind.INVALID_REQUEST, format.kind());
                assertFalse(format.requestSent() || tool.requestSent());
                assertEquals(Optional.empty(), format.tryNext(), "a schema goes to every provider");
                assertEquals(0, bench.requests());
            }
        }
    }

    @Test
    void chat_cacheMarks_onTheLastTextOfTheMessage() throws Exception {
        ChatRequest request = ChatRequest.builder()
                .message(SystemMessage.of(new TextPart("s")).withCacheMark())
                .message(UserMessage.of(
                                new TextPart("a"), new TextPart("b"), ImagePart.of(URI.create("https://x.example/")))
                        .withCacheMark())
                .message(ToolMessage.of("c1", "42").withCacheMark())
                .message(UserMessage.of(ImagePart.of(URI.create("https://x.example/")))
                        .withCacheMark())
                .automaticCaching()
                .build();

        String image = "{'type':'image_url','image_url':{'url':'https://x.example/'}}";
        assertEquals(
                "{'model':'m','cache_control':{'type':'ephemeral'},'messages':["
                        + "{'role':'system','content':[{'type':'text','text':'s',"
                        + "'cache_control':{'type':'ephemeral'}}]},"
                        + "{'role':'user','content':[{'type':'text','text':'a'},"
                        + "{'type':'text','text':'b','cache_control':{'type':'ephemeral'}}," + image + "]},"
                        + "{'role':'tool','tool_call_id':'c1','content':[{'type':'text','text':'42',"
                        + "'cache_control':{'type':'ephemeral'}}]},{'role':'user','content':[" + image + "]}]}",
                sent(CACHING, request));
        assertFalse(sent(request).contains("cache_control"));
    }

    @Test
    void chat_toolError_contentUnchanged() throws Exception {
        assertTrue(sent(ChatRequest.builder()
                        .message(ToolMessage.error("c1", "no such city"))
                        .build())
                .contains("{'role':'tool','tool_call_id':'c1','content':'no such city'}"));
    }

    @Test
    void chat_reasoningDetails_echoedVerbatim() throws Exception {
        ChatRequest request = ChatRequest.builder()
                .message(AssistantMessage.builder()
                        .text("a")
                        .reasoningDetails(List.of(Map.of("type", "reasoning.encrypted", "data", "x")))
                        .build())
                .user("u")
                .build();

        assertTrue(sent(CACHING, request).contains("'reasoning_details':[{'data':'x','type':'reasoning.encrypted'}]"));
        assertFalse(sent(request).contains("reasoning_details"));
    }

    @Test
    void chat_requestsThatDifferInTheirLastMessage_equalPrefixes() throws Exception {
        List<Message> conversation = new ArrayList<>();
        conversation.add(SystemMessage.of(new TextPart("s")).withCacheMark());
        String last = "";
        for (int turn = 0; turn < 3; turn++) {
            conversation.add(Message.user("question " + turn));
            String body = sent(
                    CACHING,
                    ChatRequest.builder()
                            .messages(conversation)
                            .temperature(0.5)
                            .tools(ToolDefinition.of("f", "", "{}").withCacheMark())
                            .extra("openai", "b", Map.of("y", 1, "x", 2))
                            .extra("openai", "a", 1)
                            .build());
            assertTrue(body.startsWith(last), () -> body);
            assertTrue(body.endsWith("]}"));
            last = body.substring(0, body.length() - 2);
            conversation.add(Message.assistant("answer " + turn));
        }
    }

    @Test
    void stream_asksForEventsAndUsage() throws Exception {
        try (Bench bench = new Bench("extras", Map.of("stream", false))) {
            bench.answer(
                    200,
                    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
                    "Content-Type: text/event-stream");
            bench.provider.stream(Bench.HELLO, CallContext.create()).collect();

            assertEquals(
                    "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
                    bench.request().body());
        }
    }

    @Test
    void modelCapabilities_winForTheirModel() throws Exception {
        try (Bench some = new Bench(
                        "capabilities",
                        "tools",
                        "model-capabilities",
                        Map.of("qwen3-vl:8b", List.of("tools", "images")));
                Bench alone = new Bench("model-capabilities", Map.of("m", List.of()));
                Bench wrong = new Bench("model-capabilities", Map.of("m.1", "flying"))) {
            assertEquals(Optional.of(Set.of(Capability.TOOLS)), some.provider.capabilities("m"));
            assertEquals(
                    Optional.of(Set.of(Capability.TOOLS, Capability.IMAGES)),
                    some.provider.capabilities("qwen3-vl:8b"));
            assertEquals(Optional.of(Set.of()), alone.provider.capabilities("m"));
            assertEquals(Optional.empty(), alone.provider.capabilities("another"));
            assertEquals(
                    "llm.providers.local.model-capabilities.\"m.1\"",
                    wrong.faults.get(0).path());
        }
    }

    @Test
    void capabilities_asConfigured_elseUnknown() throws Exception {
        try (Bench unknown = new Bench();
                Bench some = new Bench("capabilities", "tools, structured-output");
                Bench none = new Bench("capabilities", List.of());
                Bench wrong = new Bench("capabilities", List.of("flying"))) {
            assertEquals(Optional.empty(), unknown.provider.capabilities("m"));
            assertEquals(
                    Optional.of(Set.of(Capability.TOOLS, Capability.STRUCTURED_OUTPUT)),
                    some.provider.capabilities("m"));
            assertEquals(Optional.of(Set.of()), none.provider.capabilities("m"));
            assertEquals(1, wrong.faults.size());
        }
    }
}
