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
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.WireKey;
import dev.llmspi.testkit.FakeRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void headers_everyKey_isSentUnderItsName() throws Exception {
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
    void config_inlineObject_isOneAsciiHeaderWithRedactedKeys() throws Exception {
        Map<String, Object> inline = Map.of(
                "strategy", Map.of("mode", "fallback"),
                "targets", List.of(Map.of("provider", "openai", "api_key", "sk-inline-c4n4ry-777")));
        FakeRequest request = sent(Map.of("config", inline), REQUEST);

        assertEquals(
                "{\"strategy\":{\"mode\":\"fallback\"},"
                        + "\"targets\":[{\"api_key\":\"sk-inline-c4n4ry-777\",\"provider\":\"openai\"}]}",
                request.header("x-portkey-config").orElse(null));
        assertNull(request.header("Authorization").orElse(null));
        try (Bench bench = new Bench(Map.of("config", inline))) {
            bench.answer(400, "{\"status\":\"failure\",\"message\":\"bad sk-inline-c4n4ry-777\"}");
            LlmException error = bench.failure(REQUEST);
            assertFalse(error.getMessage().contains("c4n4ry"), error::getMessage);
        }
    }

    @Test
    void reasoning_byUpstream_usesTheFieldTheGatewayForwards() throws Exception {
        ChatRequest request =
                REQUEST.toBuilder().reasoning(Reasoning.effort("low")).build();

        assertTrue(sent(Map.of("provider", "openai"), request).body().contains("\"reasoning_effort\":\"low\""));
        assertTrue(
                sent(Map.of("provider", "openrouter"), request).body().contains("\"reasoning\":{\"effort\":\"low\"}"));
    }

    @Test
    void error_wrapsTheUpstreamsError_isClassifiedByIt() throws Exception {
        try (Bench bench = new Bench()) {
            bench.answer(
                    500,
                    "{\"error\":{\"message\":\"Invalid response received from openrouter: "
                            + "{\\\"error\\\":{\\\"message\\\":"
                            + "\\\"slow\\\",\\\"code\\\":429}}\",\"type\":null,\"param\":null,"
                            + "\"code\":null},\"provider\":\"openrouter\"}");
            LlmException error = bench.failure(REQUEST);

            assertEquals(ErrorKind.RATE_LIMIT, error.kind());
            assertEquals(Optional.of("429"), error.code());
            assertEquals(500, error.status().orElseThrow());
            assertTrue(error.getMessage().contains("slow"));
        }
    }

    /** A saved configuration may always set the model, whereas an inline configuration is inspected. */
    @Test
    void needsModel_configurationMaySetOne_isFalse() {
        Map<String, Object> withModel = Map.of("override_params", Map.of("model", "gpt"));
        Map<String, Object> without = Map.of("provider", "openai");
        Map<String, Object> blank = Map.of("override_params", Map.of("model", " "));

        assertTrue(needsModel(Map.of()));
        assertTrue(needsModel(Map.of("provider", "openai", "virtual-key", "vk")));
        assertFalse(needsModel(Map.of("config-id", "pc-1")));
        assertFalse(needsModel(Map.of("headers", Map.of("X-Portkey-Config", "pc-1"))));
        assertFalse(needsModel(Map.of("config", withModel)));
        assertTrue(needsModel(Map.of("config", without)));
        assertTrue(needsModel(Map.of("config", blank)));
        assertFalse(needsModel(Map.of("config", targets(withModel, withModel))));
        assertTrue(needsModel(Map.of("config", targets(withModel, without))));
    }

    private static Map<String, Object> targets(Object... targets) {
        return Map.of("strategy", Map.of("mode", "fallback"), "targets", List.of(targets));
    }

    private static boolean needsModel(Map<String, ?> config) {
        try (Bench bench = new Bench(config)) {
            return bench.provider.needsModel();
        }
    }

    @Test
    void chat_savedConfigurationAndNoModel_isSentWithoutTheField() throws Exception {
        FakeRequest request = sent(Map.of("config-id", "pc-1"), ChatRequest.of("Hello"));

        assertEquals("pc-1", request.header("x-portkey-config").orElse(null));
        assertEquals("{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}", request.body());
    }

    @Test
    void hosted_keyOnly_isUsable() {
        assertEquals(Optional.empty(), read(Map.of("api-key", "pk")).unusableReason());
    }

    @Test
    void hosted_withoutKey_isUnusableAndNamesTheSetting() {
        assertTrue(read(Map.of()).unusableReason().orElseThrow().startsWith("needs an API key: set PORTKEY_API_KEY"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://api.portkey.ai/v1",
                "https://API.Portkey.AI:443/v1",
                "https://aigw.portkey.ai/v1",
                "https://AIGW.portkey.ai/v1"
            })
    void hosted_everyEdition_needsAKeyButNoUpstream(String url) {
        assertTrue(read(Map.of("base-url", url)).unusableReason().orElseThrow().startsWith("needs an API key"));
        assertEquals(
                Optional.empty(), read(Map.of("base-url", url, "api-key", "pk")).unusableReason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://api.portkey.ai.evil.example/v1",
                "https://aigw.portkey.ai.evil.example/v1",
                "https://evil.example/https://api.portkey.ai/v1",
                "https://xapi.portkey.ai/v1"
            })
    void selfHosted_hostNameLooksHosted_isSelfHosted(String url) {
        assertTrue(read(Map.of("base-url", url)).unusableReason().orElseThrow().contains("self-hosted"));
        assertEquals(
                Optional.empty(),
                read(Map.of("base-url", url, "provider", "openai")).unusableReason());
    }

    /** Portkey documents that its key is sent as Authorization, unless that header contains the upstream's key. */
    @Test
    void key_airsEdition_isABearerTokenUnlessTheUpstreamUsesAuthorization() {
        assertEquals(List.of("Authorization"), keyHeaders("api-key", "pk"));
        assertEquals(List.of("Authorization"), keyHeaders("api-key", "pk", "provider", "@prod"));
        assertEquals(List.of("Authorization"), keyHeaders("api-key", "pk", "config-id", "pc-1"));
        assertEquals(List.of("x-portkey-api-key"), keyHeaders("api-key", "pk", "provider", "openai"));
        assertEquals(
                List.of("x-portkey-api-key"),
                keyHeaders("api-key", "pk", "headers", Map.of("X-Portkey-Provider", "openai")));
        assertEquals(List.of("x-portkey-api-key"), keyHeaders("api-key", "pk", "custom-host", "https://h.example/v1"));
        assertEquals(
                List.of("x-portkey-api-key", "Authorization"), keyHeaders("api-key", "pk", "provider-api-key", "sk"));
        assertEquals(List.of("x-portkey-api-key"), keyHeaders("api-key", "pk", "api-key-header", "x-portkey-api-key"));
    }

    private static List<String> keyHeaders(Object... settings) {
        Map<String, Object> values = new HashMap<>(Map.of("base-url", "https://aigw.portkey.ai/v1"));
        for (int i = 0; i < settings.length; i += 2) {
            values.put((String) settings[i], settings[i + 1]);
        }
        return PortkeySettings.read(ProviderConfig.of("portkey", values)).keys().stream()
                .map(WireKey::header)
                .toList();
    }

    @Test
    void key_headerConfigured_isSentInIt() throws Exception {
        FakeRequest request = sent(Map.of("api-key-header", "authorization"), REQUEST);

        assertEquals("Bearer " + Bench.KEY, request.header("Authorization").orElse(null));
        assertNull(request.header("x-portkey-api-key").orElse(null));
    }

    @Test
    void key_headerInUseOrUnknown_isAFault() {
        for (Map<String, String> more : List.of(
                Map.of("api-key-header", "api-key"),
                Map.of("api-key-header", "Authorization", "provider-api-key", "sk"))) {
            Map<String, Object> values = new HashMap<>(more);
            values.put("api-key", "pk");
            List<ConfigFault> faults = read(values).faults();
            assertEquals(1, faults.size(), faults::toString);
            assertTrue(faults.get(0).path().endsWith("api-key-header"), faults::toString);
        }
    }

    @Test
    void selfHosted_needsAnUpstreamButNoKey() {
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
    void config_invalidValues_areFaultsWithTheKey() {
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
