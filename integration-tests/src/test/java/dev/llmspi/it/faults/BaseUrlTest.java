package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.it.server.Reply;
import dev.llmspi.testkit.FakeRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that keys and prompts are sent only to the configured address, and only over TLS. */
@Timeout(60)
class BaseUrlTest {

    private static void assertRefused(String url, String problem) {
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench = FaultBench.both().set("llm.providers." + provider + ".base-url", url)) {
                LlmConfigException error = assertThrows(LlmConfigException.class, bench::client, url);
                ConfigFault fault = error.faults().get(0);
                assertEquals("llm.providers." + provider + ".base-url", fault.path());
                assertTrue(fault.text().contains(problem), fault::toString);
                assertFalse(Witness.printed(error).contains("c4n4ry"), () -> Witness.printed(error));
            }
        }
    }

    @Tag("fault-8.6")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://llm.example/v1",
                "HTTP://llm.example/v1",
                "http://10.0.0.1/v1",
                "http://0.0.0.0/v1",
                "http://128.0.0.1/v1",
                "http://127.0.0.1.evil.example/v1",
                "http://localhost.evil.example/v1",
                "http://localhost:80.evil.example/v1",
                "http://2130706433/v1",
                "http://[::2]/v1",
                "http://[::ffff:10.0.0.1]/v1"
            })
    void http_toAnotherMachine_isRefused(String url) {
        assertRefused(url, "https://");
    }

    @Tag("fault-8.6")
    @ParameterizedTest
    @ValueSource(
            strings = {"http://localhost:1/v1", "http://127.0.0.1:1/v1", "http://127.9.8.7:1", "http://[::1]:1/v1"})
    void http_toThisMachine_isAccepted(String url) {
        try (FaultBench bench = FaultBench.both().set("llm.providers.openrouter.base-url", url)) {
            assertTrue(bench.client().registry().get("openrouter") != null);
        }
    }

    @Tag("fault-8.6")
    @ParameterizedTest
    @ValueSource(strings = {"http://llm.example/v1", "http://10.0.0.1/v1"})
    void http_toAnotherMachineAllowedByName_isAccepted(String url) {
        try (FaultBench bench = FaultBench.both()
                .set("llm.providers.openrouter.base-url", url)
                .set("llm.providers.openrouter.allow-insecure", true)) {
            assertTrue(bench.client().registry().get("openrouter") != null);
        }
    }

    @Tag("fault-8.7")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://c4n4ry@llm.example/v1",
                "https://user:c4n4ry@llm.example/v1",
                "https://llm.example/v1?key=c4n4ry",
                "https://llm.example/v1#c4n4ry",
                "https:///v1/c4n4ry",
                "https://",
                "llm.example/v1/c4n4ry",
                "/v1/c4n4ry",
                "ftp://llm.example/c4n4ry",
                "file:///etc/c4n4ry",
                "jar:https://llm.example/c4n4ry",
                "https://llm example/c4n4ry",
                "https://llm.example/v1\r\nX-Evil: c4n4ry",
                "https://c4n4ry@llm_example/v1",
                "https://llm_example:c4n4ry/v1",
                "https://llm.example/v1?api-version=1&api_key=c4n4ry",
                "https://llm.example/v1?subscription-key=c4n4ry",
                "https://llm.example/v1?sig=c4n4ry"
            })
    void baseUrl_invalid_isRefused(String url) {
        assertRefused(url, "");
    }

    @Tag("fault-8.7")
    @ParameterizedTest
    @CsvSource({
        "https://vllm_server:8000/v1/, https://vllm_server:8000/v1",
        "https://modèle.example/v1, https://xn--modle-6ra.example/v1",
        "https://例え.example:8443/v1, https://xn--r8jz45g.example:8443/v1",
        "http://127.1:8000/v1, http://127.0.0.1:8000/v1",
        "http://127.0.1/v1, http://127.0.0.1/v1",
        "https://llm.example/openai/?api-version=2024-10-21, https://llm.example/openai"
    })
    void baseUrl_thatUriDoesNotParse_isAccepted(String url, String endpoint) {
        try (FaultBench bench = FaultBench.both().set("llm.providers.openrouter.base-url", url)) {
            assertEquals(
                    endpoint,
                    bench.client()
                            .registry()
                            .get("openrouter")
                            .endpoint()
                            .orElseThrow()
                            .toString());
        }
    }

    /** Checks that a request cannot change the address, whether through its extras, its options or its model name. */
    @Tag("fault-8.7")
    @ParameterizedTest
    @EnumSource
    void request_cannotNameAnAddress(Mode mode) {
        String elsewhere = "http://127.0.0.1:1/v1";
        ChatRequest.Builder builder = ChatRequest.builder().user("hi").model(elsewhere);
        for (String type : List.of("openrouter", "portkey")) {
            for (String field : List.of("base-url", "base_url", "custom_host", "url")) {
                builder.extra(type, field, elsewhere);
            }
        }
        ChatRequest request = builder.build();
        CallOptions options = CallOptions.builder()
                .header("Host", "evil.example")
                .tag("base-url", elsewhere)
                .build();
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench = FaultBench.alone(provider)) {
                bench.server(provider).then(mode.answer("hello"));
                assertEquals(
                        "hello", bench.call(mode, request, options).answer().text());
                assertTrue(bench.server(provider)
                        .lastRequest()
                        .header("Host")
                        .orElseThrow()
                        .startsWith("127.0.0.1:"));
            }
        }
    }

    /**
     * Checks that each key is sent only to its own provider after a fallback, after a retry, and when one server
     * redirects to the other.
     */
    @Tag("fault-8.8")
    @ParameterizedTest
    @EnumSource
    void twoKeys_eachGoesToItsOwnProviderOnly(Mode mode) {
        try (FaultBench bench = FaultBench.both()
                .set("llm.providers.openrouter.headers", Map.of("X-Openrouters", "openrouters-header"))
                .set("llm.providers.portkey.headers", Map.of("X-Portkeys", "portkeys-header"))
                .set("llm.providers.portkey.provider-api-key", "upstream-key")) {
            bench.openrouter
                    .then(Reply.error(500, "500", "down"))
                    .then(Reply.error(429, "429", "slow"))
                    .then(Reply.json(307, "{}", "Location: " + bench.portkey.url("/v1/chat/completions")));
            bench.portkey.then(mode.answer("hello"));
            assertEquals("portkey", bench.call(mode).answer().provider());
            bench.openrouter.then(Reply.error(402, "402", "pay"));
            bench.portkey
                    .then(Reply.error(503, "503", "busy"))
                    .then(Reply.json(302, "{}", "Location: " + bench.openrouter.url("/api/v1")));
            assertEquals(ErrorKind.SERVICE, bench.call(mode).error().kind());

            for (FakeRequest request : bench.openrouter.requests()) {
                assertEquals("Bearer or-key", request.header("Authorization").orElseThrow());
                assertNothingOf(request, "pk-key", "upstream-key", "portkeys-header");
            }
            for (FakeRequest request : bench.portkey.requests()) {
                assertEquals("pk-key", request.header("x-portkey-api-key").orElseThrow());
                assertEquals(
                        "Bearer upstream-key", request.header("Authorization").orElseThrow());
                assertNothingOf(request, "or-key", "openrouters-header");
            }
            assertEquals(
                    7,
                    bench.openrouter.requests().size()
                            + bench.portkey.requests().size());
        }
    }

    private static void assertNothingOf(FakeRequest request, String... texts) {
        String all = request.headers() + request.body();
        for (String text : texts) {
            assertFalse(all.contains(text), text);
        }
    }
}
