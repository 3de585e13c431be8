package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.FinishReason;
import dev.llmspi.testkit.FakeRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for requests and complete answers. */
public abstract class ChatRules extends ContractRules {

    ChatRules(LlmProviderContract contract) {
        super(contract);
    }

    private FakeRequest sent(ChatRequest request, CallContext context) {
        HttpBench http = http();
        http.answers("hello");
        http.server().repeat();
        chat(request, context);
        return http.server().lastRequest();
    }

    @Test
    @DisplayName("3.1 a chat returns the text of the answer")
    public void rule3_1_text() {
        bench().answers("hello");

        ChatResponse answer = provider().chat(hello(), CallContext.create());

        assertNotNull(answer, "chat returned null");
        assertEquals("hello", answer.text());
        assertEquals(List.of(), answer.toolCalls());
    }

    @Test
    @DisplayName("3.2 an answer contains the provider's name, the call id (or none) and the finish reason")
    public void rule3_2_particulars() {
        bench().answers("hello");
        CallContext context = CallContext.create();

        ChatResponse answer = chat(hello(), context);

        assertEquals(name(), answer.provider());
        assertTrue(
                answer.callId().isEmpty() || answer.callId().equals(context.callId()),
                "the call id belongs to another call");
        assertEquals(FinishReason.STOP, answer.finishReason());
    }

    @Test
    @DisplayName("3.3 text is passed through unchanged, including non-ASCII characters")
    public void rule3_3_anyText() {
        String text = "\"quoted\" \\ back\nline\ttab \u00e9 \u4e2d \ud83d\ude00 \u2028 </end>";
        bench().answers(text);

        assertEquals(text, chat().text());
    }

    @Test
    @DisplayName("3.4 usage is reported as the server counts it")
    public void rule3_4_usage() {
        assumeTrue(author().tellsUsage(), "the protocol does not report usage");
        bench().answers("hello");

        assertUsage(chat());
    }

    @Test
    @DisplayName("3.5 one call sends one request")
    public void rule3_5_oneRequest() {
        HttpBench http = http();
        http.answers("hello");
        http.answers("hello again");

        chat();

        assertEquals(1, http.server().posts());
    }

    @Test
    @DisplayName("3.6 the requested model is sent")
    public void rule3_6_model() {
        FakeRequest sent = sent(hello(), CallContext.create());

        assertTrue((sent.path() + sent.body()).contains(MODEL), "the request does not name the model");
    }

    @Test
    @DisplayName("3.7 every message is sent exactly once and in order")
    public void rule3_7_messages() {
        List<String> texts = List.of("alpha-message", "beta-message", "gamma-message", "delta-message");
        ChatRequest request = ChatRequest.builder()
                .system(texts.get(0))
                .user(texts.get(1))
                .assistant(texts.get(2))
                .user(texts.get(3))
                .model(MODEL)
                .build();

        String body = sent(request, CallContext.create()).body();

        for (String text : texts) {
            assertEquals(1, body.split(text, -1).length - 1, "occurrences of " + text + " in the request");
        }
        // The position of the system message is not checked, because it depends on the protocol.
        assertTrue(body.indexOf(texts.get(1)) < body.indexOf(texts.get(2)), "the answer precedes the question");
        assertTrue(body.indexOf(texts.get(2)) < body.indexOf(texts.get(3)), "the last question precedes the answer");
    }

    @Test
    @DisplayName("3.8 temperature and the limit of output tokens are sent")
    public void rule3_8_sampling() {
        String body = sent(
                        hello().toBuilder()
                                .temperature(0.25)
                                .maxOutputTokens(177)
                                .build(),
                        CallContext.create())
                .body();

        assertTrue(body.contains("0.25"), "the request has no temperature");
        assertTrue(body.contains("177"), "the request has no limit of output tokens");
    }

    @Test
    @DisplayName("3.9 the headers of a call are sent, and never replace the provider's own headers")
    public void rule3_9_headers() {
        FakeRequest plain = sent(hello(), CallContext.create());
        Optional<String> keyHeader = plain.headers().entrySet().stream()
                .filter(header -> header.getValue().contains(HttpBench.KEY))
                .map(Map.Entry::getKey)
                .findFirst();

        FakeRequest sent = sent(
                hello(),
                CallContext.builder()
                        .headers(Map.of("traceparent", "00-contract", keyHeader.orElse("x-contract"), "stolen"))
                        .build());

        assertEquals(Optional.of("00-contract"), sent.header("traceparent"));
        keyHeader.ifPresent(name -> assertEquals(plain.header(name), sent.header(name)));
    }
}
