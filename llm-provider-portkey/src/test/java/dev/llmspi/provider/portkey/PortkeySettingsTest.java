package dev.llmspi.provider.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.testkit.FakeRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PortkeySettingsTest {

    private static final String ANSWER =
            "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"Hi.\"}}]}";
    private static final ChatRequest REQUEST =
            ChatRequest.of("Hello").toBuilder().model("@slug/m").build();

    private static FakeRequest sent(Map<String, ?> config, ChatRequest request) throws Exception {
        try (Bench bench = new Bench(config)) {
            bench.answer(200, ANSWER).provider.chat(request, CallContext.create());
            assertEquals(Set.of(), bench.config.unread());
            return bench.server.lastRequest();
        }
    }

    private static ProviderConfig read(Map<String, ?> values) {
        ProviderConfig config = ProviderConfig.of("portkey", values);
        new PortkeyProviderFactory().create(config).close();
        return config;
    }

    @Test
    void headers_everyKey_sentUnderItsName() throws Exception {
        FakeRequest request = sent(
                Map.of(
                        "provider", "@prod",
                        "provider-api-key", Bench.UPSTREAM_KEY,
                        "virtual-key", "vk",
                        "config-id", "pc-1",
                        "custom-host", "http://127.0.0.1:1/v1",
                        "trace-id", "t-1",
                        "metadata", Map.of("_user", "Jürgen"),
                        "request-timeout", "1.5s",
                        "response-cache", Map.of("namespace", "n", "force-refresh", "true"),
                        "headers", Map.of("x-portkey-debug", "false")),
                REQUEST);

        assertEquals(Bench.KEY, request.header("x-portkey-api-key").orElse(null));
        assertEquals(
                "Bearer " + Bench.UPSTREAM_KEY, request.header("Authorization").orElse(null));
        assertEquals("@prod", request.header("x-portkey-provider").orElse(null));
        assertEquals("vk", request.header("x-portkey-virtual-key").orElse(null));
        assertEquals("pc-1", request.header("x-portkey-config").orElse(null));
        assertEquals(
                "http://127.0.0.1:1/v1", request.header("x-portkey-custom-host").orElse(null));
        assertEquals("t-1", request.header("x-portkey-trace-id").orElse(null));
        assertEquals(
                "{\"_user\":\"J\\u00FCrgen\"}",
                request.header("x-portkey-metadata").orElse(null));
        assertEquals("1500", request.header("x-portkey-request-timeout").orElse(null));
        assertEquals("n", request.header("x-portkey-cache-namespace").orElse(null));
        assertEquals("true", request.header("x-portkey-cache-force-refresh").orElse(null));
        assertEquals("false", request.header("x-portkey-debug").orElse(null));
        assertEquals("/v1/chat/completions", request.path());
        assertEquals(
                "{\"model\":\"@slug/m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}", request.body());
    }

    @Test
    void config_inlineObject_oneAsciiHeaderAndItsKeysStaySecret() throws Exception {
        Map<String, Object> inline = Map.of(
                "strategy", Map.of("mode", "fallback"),
                "targets", List.of(Map.of("provider", "openai", "api_key", "sk-inline-c4n4ry-777")));
        FakeRequest request = sent(Map.of("config", inline), REQUEST);

        assertEquals(
                "{\"strategy\":{\"mode\":\"fallback\"},\"targets\":[{\"api_key\":\"sk-inline-c4n4ry-777\",\"provider\":\"openai\"}]}",
                request.header("x-portkey-config").orElse(null));
        assertNull(request.header("Authorization").orElse(null));
        try (Bench bench = new Bench(Map.of("config", inline))) {
            bench.answer(400, "{\"status\":\"failure\",\"message\":\"bad sk-inline-c4n4ry-777\"}");
            LlmException error = bench.failure(REQUEST);
            assertFalse(error.getMessage().contains("c4n4ry"), error::getMessage);
        }
    }

    @Test
    void reasoning_byUpstream_theFieldTheGatewayPassesOn() throws Exception {
        ChatRequest request =
                REQUEST.toBuilder().reasoning(Reasoning.effort("low")).build();

        assertTrue(sent(Map.of("provider", "openai"), request).body().contains("\"reasoning_effort\":\"low\""));
        assertTrue(
                sent(Map.of("provider", "openrouter"), request).body().contains("\"reasoning\":{\"effort\":\"low\"}"));
    }

    @Test
    void wrapped_upstreamsErrorInTheText_classifiedByIt() throws Exception {
        try (Bench bench = new Bench()) {
            bench.answer(
                    500,
                    "{\"error\":{\"message\":\"Invalid response received from openrouter: {\\\"error\\\":{\\\"message\\\":"
                            + "\\\"slow\\\",\\\"code\\\":429}}\",\"type\":null,\"param\":null,\"code\":null},\"provider\":\"openrouter\"}");
            LlmException error = bench.failure(REQUEST);

            assertEquals(ErrorKind.RATE_LIMIT, error.kind());
            assertEquals(Optional.of("429"), error.code());
            assertEquals(500, error.status().orElseThrow());
            assertTrue(error.getMessage().contains("slow"));
        }
    }

    @Test
    void usable_hostedWithKeyOnly_nothingMissing() {
        assertEquals(Optional.empty(), read(Map.of("api-key", "pk")).unusableReason());
    }

    @Test
    void usable_hostedWithoutKey_unusableSayingWhatToSet() {
        assertTrue(read(Map.of()).unusableReason().orElseThrow().startsWith("needs an API key: set PORTKEY_API_KEY"));
    }

    @Test
    void usable_selfHosted_needsAnUpstreamButNoKey() {
        String url = "http://127.0.0.1:8787/v1";
        assertTrue(read(Map.of("base-url", url)).unusableReason().isPresent());
        assertEquals(
                Optional.empty(),
                read(Map.of("base-url", url, "provider", "openai")).unusableReason());
        assertEquals(
                Optional.empty(),
                read(Map.of("base-url", url, "headers", Map.of("x-portkey-provider", "openai")))
                        .unusableReason());
        assertEquals(
                Optional.empty(), read(Map.of("base-url", url, "api-key", "pk")).unusableReason());
    }

    @Test
    void config_wrongValues_faultsNamingTheKey() {
        ProviderConfig config = read(Map.of(
                "api-key", "pk",
                "provider", "open\nai",
                "config-id", "pc-1",
                "config", Map.of("strategy", Map.of("mode", "fallback"), "targets", List.of()),
                "request-timeout", "0s",
                "headers", Map.of("X-Portkey-Api-Key", "c4n4ry"),
                "response-cache", Map.of("ttl", "1s")));

        List<String> paths = config.faults().stream()
                .map(fault -> fault.path().substring(22))
                .sorted()
                .toList();
        assertEquals(
                List.of("config", "config", "headers", "provider", "request-timeout", "response-cache.ttl"), paths);
        assertFalse(config.faults().toString().contains("c4n4ry"));
    }
}
