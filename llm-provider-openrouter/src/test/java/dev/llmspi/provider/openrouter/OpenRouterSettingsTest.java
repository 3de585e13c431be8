package dev.llmspi.provider.openrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.testkit.FakeRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class OpenRouterSettingsTest {

    private static final String ANSWER =
            "{\"id\":\"gen-1\",\"model\":\"acme/m\",\"provider\":\"Acme\",\"service_tier\":\"flex\","
                    + "\"choices\":[{\"finish_reason\":\"stop\",\"native_finish_reason\":\"end\","
                    + "\"message\":{\"content\":\"Hi.\"}}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"cost\":0.5,\"is_byok\":true,"
                    + "\"cost_details\":{\"upstream_inference_cost\":\"0.25\"}}}";

    private static FakeRequest sent(Map<String, ?> config, ChatRequest request) throws Exception {
        try (Bench bench = new Bench(config)) {
            bench.answer(200, ANSWER).provider.chat(request, CallContext.create());
            assertEquals(Set.of(), bench.config.unread());
            return bench.server.lastRequest();
        }
    }

    private static String body(Map<String, ?> config, ChatRequest request) throws Exception {
        return sent(config, request).body();
    }

    @Test
    void defaults_onlyAKey_sendsAPlainRequestToTheAutoRouter() throws Exception {
        FakeRequest request = sent(Map.of(), ChatRequest.of("Hello"));

        assertEquals("Bearer " + Bench.KEY, request.header("Authorization").orElse(null));
        assertEquals("/api/v1/chat/completions", request.path());
        assertEquals(
                "{\"model\":\"openrouter/auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
                request.body());
        assertNull(request.header("HTTP-Referer").orElse(null));
    }

    @Test
    void headers_everyKey_isSentUnderItsName() throws Exception {
        FakeRequest request = sent(
                Map.of(
                        "http-referer",
                        "https://app.example",
                        "title",
                        "App",
                        "categories",
                        List.of("cli-agent", "ide"),
                        "metadata-enabled",
                        true,
                        "response-cache",
                        Map.of("ttl", "10m", "clear", "true"),
                        "headers",
                        Map.of("x-anthropic-beta", "a,b")),
                ChatRequest.of("Hello"));

        assertEquals("https://app.example", request.header("HTTP-Referer").orElse(null));
        assertEquals("App", request.header("X-OpenRouter-Title").orElse(null));
        assertEquals("App", request.header("X-Title").orElse(null));
        assertEquals("cli-agent,ide", request.header("X-OpenRouter-Categories").orElse(null));
        assertEquals("enabled", request.header("X-OpenRouter-Metadata").orElse(null));
        assertEquals("true", request.header("X-OpenRouter-Cache").orElse(null));
        assertEquals("600", request.header("X-OpenRouter-Cache-TTL").orElse(null));
        assertEquals("true", request.header("X-OpenRouter-Cache-Clear").orElse(null));
        assertEquals("a,b", request.header("x-anthropic-beta").orElse(null));
    }

    @Test
    void fields_everyKey_isSentUnderItsName() throws Exception {
        Map<String, Object> config = Map.of(
                "models", "a/b, c/d",
                "provider-preferences", Map.of("sort", "price", "only", List.of("x")),
                "service-tier", "flex",
                "session-id", "s",
                "user", "u",
                "reasoning-effort", "low",
                "variant", "nitro",
                "extras", Map.of("verbosity", "low"));

        String body =
                body(config, ChatRequest.of("Hello").toBuilder().model("acme/m").build());

        assertTrue(body.startsWith("{\"model\":\"acme/m:nitro\""), body);
        assertTrue(body.contains("\"verbosity\":\"low\""), body);
        assertTrue(body.contains("\"models\":[\"a/b\",\"c/d\"]"), body);
        assertTrue(body.contains("\"provider\":{\"only\":[\"x\"],\"sort\":\"price\"}"), body);
        assertTrue(body.contains("\"service_tier\":\"flex\",\"session_id\":\"s\",\"user\":\"u\""), body);
        assertTrue(body.contains("\"reasoning\":{\"effort\":\"low\"}"), body);
    }

    @Test
    void fields_alsoInTheRequest_requestWins() throws Exception {
        String body = body(
                Map.of("reasoning-effort", "low", "user", "block", "variant", "nitro"),
                ChatRequest.of("Hello").toBuilder()
                        .model("acme/m:free")
                        .reasoning(Reasoning.maxTokens(100))
                        .extra("openrouter", "user", "request")
                        .build());

        assertTrue(body.contains("\"model\":\"acme/m:free\""), body);
        assertTrue(body.contains("\"reasoning\":{\"max_tokens\":100}"), body);
        assertTrue(body.contains("\"user\":\"request\""), body);
        assertFalse(body.contains("block"), body);
    }

    @Test
    void answer_dataOfOpenRouter_isMetadataAndSpend() throws Exception {
        try (Bench bench = new Bench()) {
            bench.answer(200, ANSWER, "X-Generation-Id: gen-2", "X-OpenRouter-Cache-Status: HIT");
            ChatResponse answer = bench.provider.chat(ChatRequest.of("Hello"), CallContext.create());

            assertEquals(Optional.of("gen-2"), answer.requestId());
            assertEquals(Optional.of("gen-2"), answer.metadata(ResponseMetadata.GENERATION_ID));
            assertEquals(Optional.of("Acme"), answer.metadata(ResponseMetadata.UPSTREAM_PROVIDER));
            assertEquals(Optional.of("end"), answer.metadata(ResponseMetadata.NATIVE_FINISH_REASON));
            assertEquals(Optional.of("flex"), answer.metadata(ResponseMetadata.SERVICE_TIER));
            assertEquals(Optional.of("HIT"), answer.metadata(ResponseMetadata.CACHE_STATUS));
            assertEquals(true, answer.metadata().get(ResponseMetadata.IS_BYOK));
            assertEquals("0.75", answer.usage().spend().orElseThrow().toPlainString());
        }
    }

    @Test
    void answer_noGenerationHeader_usesTheIdOfTheBody() throws Exception {
        try (Bench bench = new Bench()) {
            bench.answer(200, ANSWER);
            ChatResponse answer = bench.provider.chat(ChatRequest.of("Hello"), CallContext.create());

            assertEquals(Optional.of("gen-1"), answer.metadata(ResponseMetadata.GENERATION_ID));
        }
    }

    @Test
    void config_noKey_isUnusableAndNamesTheSetting() {
        ProviderConfig config = ProviderConfig.of("openrouter", Map.of());
        try (LlmProvider provider = new OpenRouterProviderFactory().create(config)) {
            assertEquals(
                    Optional.of("needs an API key: set OPENROUTER_API_KEY or llm.providers.openrouter.api-key"),
                    config.unusableReason());
            assertEquals(Optional.of(URI.create("https://openrouter.ai/api/v1")), provider.endpoint());
            assertEquals(Optional.of("openrouter/auto"), provider.defaultModel());
        }
    }

    @Test
    void config_invalidValues_areFaultsWithTheKey() {
        ProviderConfig config = ProviderConfig.of(
                "or",
                Map.of(
                        "api-key", "sk",
                        "base-url", "http://elsewhere.example/v1",
                        "title", "Grüße",
                        "categories", "a,b,c",
                        "session-id", "s".repeat(257),
                        "variant", "two words",
                        "response-cache", Map.of("ttl", "2d", "tttl", "1s")));
        new OpenRouterProviderFactory().create(config).close();

        List<String> paths =
                config.faults().stream().map(fault -> fault.path()).sorted().toList();
        assertEquals(
                List.of(
                        "llm.providers.or.base-url",
                        "llm.providers.or.categories",
                        "llm.providers.or.response-cache.ttl",
                        "llm.providers.or.response-cache.tttl",
                        "llm.providers.or.session-id",
                        "llm.providers.or.title",
                        "llm.providers.or.variant"),
                paths);
        assertTrue(
                config.faults().stream().anyMatch(fault -> fault.text().equals("is not known; did you mean \"ttl\"?")),
                config.faults().toString());
    }

    @Test
    void sessionId_notAText_isOneFault() {
        ProviderConfig config = ProviderConfig.of("or", Map.of("api-key", "sk", "session-id", Map.of("id", "s")));
        new OpenRouterProviderFactory().create(config).close();

        assertEquals(
                List.of("llm.providers.or.session-id: must be a text"),
                config.faults().stream()
                        .map(fault -> fault.path() + ": " + fault.text())
                        .toList());
    }
}
