package dev.llmspi.provider.openrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.ProviderConfig;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;

class OpenRouterChatTest {

    @Test
    void chat_plainAnswer_textAndUsage() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            server.enqueue(new MockResponse.Builder()
                    .body("{\"id\":\"gen-1\",\"model\":\"acme/m\",\"choices\":[{\"finish_reason\":\"stop\","
                            + "\"message\":{\"content\":\"Hi.\"}}],\"usage\":{\"prompt_tokens\":3,\"cost\":0.5}}")
                    .build());
            ProviderConfig config = ProviderConfig.of(
                    "openrouter", Map.of("api-key", "sk-test", "base-url", server.url("/api/v1").toString()));
            try (LlmProvider provider = new OpenRouterProviderFactory().create(config)) {
                ChatResponse response = provider.chat(ChatRequest.of("Hello"), CallContext.create());

                assertEquals("Hi.", response.text());
                assertEquals(FinishReason.STOP, response.finishReason());
                assertEquals("gen-1", response.requestId().orElseThrow());
                RecordedRequest request = server.takeRequest();
                assertEquals("Bearer sk-test", request.getHeaders().get("Authorization"));
                assertEquals("/api/v1/chat/completions", request.getUrl().encodedPath());
                assertEquals(
                        "{\"model\":\"openrouter/auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
                        request.getBody().utf8());
            }
        }
    }
}
