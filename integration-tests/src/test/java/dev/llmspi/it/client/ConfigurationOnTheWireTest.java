package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.FakeRequest;
import dev.llmspi.testkit.ManualTimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Checks that each environment variable and each configuration key changes the requests or the behaviour. Two test
 * servers replace OpenRouter and Portkey.
 */
class ConfigurationOnTheWireTest {

    private final TestUpstream openrouter = TestUpstream.start();
    private final TestUpstream portkey = TestUpstream.start();
    private final ManualTimeSource time = ManualTimeSource.create();

    @AfterEach
    void stop() {
        openrouter.close();
        portkey.close();
    }

    /** Returns a builder with keys, servers and models for both providers. The given variables override these. */
    private LlmClientBuilder environment(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(Map.of(
                "OPENROUTER_API_KEY", "or-key",
                "OPENROUTER_BASE_URL", openrouter.url("/api/v1").toString(),
                "OPENROUTER_DEFAULT_MODEL", "or/default",
                "PORTKEY_API_KEY", "pk-key",
                "PORTKEY_PROVIDER", "openai",
                "PORTKEY_BASE_URL", portkey.url("/v1").toString()));
        all.putAll(variables);
        return LlmClient.builder().environment(all).timeSource(time);
    }

    private LlmClientBuilder hocon(String text) {
        return LlmClient.builder()
                .timeSource(time)
                .text("""
                llm.providers {
                  openrouter { type = openrouter, api-key = or-key, base-url = "%s", default-model = "or/default" }
                  portkey { type = portkey, api-key = pk-key, base-url = "%s", provider = openai, default-model = "pk/default" }
                }""".formatted(openrouter.url("/api/v1"), portkey.url("/v1")), "base")
                .text(text, "test");
    }

    private static FakeRequest sent(TestUpstream server, LlmClientBuilder builder, CallOptions options) {
        server.then(Reply.answer("hello"));
        try (LlmClient client = builder.build()) {
            assertEquals("hello", client.chat(ChatRequest.of("hi"), options).text());
        }
        return server.lastRequest();
    }

    private FakeRequest toOpenRouter(LlmClientBuilder builder) {
        return sent(
                openrouter,
                builder,
                CallOptions.builder().provider("openrouter").build());
    }

    private FakeRequest toPortkey(LlmClientBuilder builder) {
        portkey.then(Reply.answer("hello"));
        try (LlmClient client = builder.build()) {
            client.chat(
                    ChatRequest.builder().user("hi").model("pk/model").build(),
                    CallOptions.builder().provider("portkey").build());
        }
        FakeRequest request = portkey.lastRequest();
        assertEquals("/v1/chat/completions", request.path());
        return request;
    }

    @Test
    void openrouterVariables_keyUrlAndModel_areOnTheWire() {
        FakeRequest request = toOpenRouter(environment(Map.of()));
        assertEquals("/api/v1/chat/completions", request.path());
        assertEquals("Bearer or-key", request.header("Authorization").orElseThrow());
        assertTrue(request.body().contains("\"model\":\"or/default\""), request.body());
    }

    @Test
    void preferredLlmProvider_isCalledFirst() {
        portkey.then(Reply.answer("from portkey"));
        Map<String, String> environment = Map.of("PREFERRED_LLM_PROVIDER", "portkey");
        try (LlmClient client = environment(environment).build()) {
            ChatRequest request = ChatRequest.builder().user("hi").model("m").build();
            assertEquals("from portkey", client.chat(request).text());
            assertEquals(0, openrouter.posts());
        }
    }

    @Test
    void withoutPreference_openrouterIsCalledFirst_thenPortkey() {
        openrouter.then(Reply.error(402, "402", "no credit"));
        portkey.then(Reply.answer("from portkey"));
        try (LlmClient client = environment(Map.of()).build()) {
            ChatRequest request = ChatRequest.builder().user("hi").model("m").build();
            assertEquals("from portkey", client.chat(request).text());
            assertEquals(1, openrouter.posts());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PORTKEY_API_KEY, pk-2, x-portkey-api-key, pk-2",
        "PORTKEY_PROVIDER, anthropic, x-portkey-provider, anthropic",
        "PORTKEY_CONFIG_ID, pc-1, x-portkey-config, pc-1",
        "PORTKEY_VIRTUAL_KEY, vk-1, x-portkey-virtual-key, vk-1",
        "TRACE_ID, trace-1, x-portkey-trace-id, trace-1"
    })
    void portkeyVariable_isItsHeader(String variable, String value, String header, String expected) {
        FakeRequest request = toPortkey(environment(Map.of(variable, value)));
        assertEquals(expected, request.header(header).orElseThrow());
    }

    @Test
    void openrouterHeaders_areAdded() {
        FakeRequest request = toOpenRouter(environment(Map.of("OPENROUTER_HEADERS", "{\"X-Team\": \"blue\"}")));
        assertEquals("blue", request.header("X-Team").orElseThrow());
    }

    @Test
    void agentModelMap_choosesTheModelAtOpenrouterOnly() {
        openrouter.then(Reply.error(402, "402", "no credit"));
        portkey.then(Reply.answer("hello"));
        Map<String, String> environment = Map.of("AGENT_MODEL_MAP", "{\"researcher\": \"or/research\"}");
        try (LlmClient client = environment(environment)
                .set("llm.agents.researcher.model", "pk/default")
                .build()) {
            client.chat(
                    ChatRequest.of("hi"),
                    CallOptions.builder().agent("researcher").build());
            assertTrue(openrouter.lastRequest().body().contains("\"model\":\"or/research\""));
            assertTrue(portkey.lastRequest().body().contains("\"model\":\"pk/default\""));
        }
    }

    @Test
    void llmMaxRetries_countsThePosts() {
        openrouter.always(Reply.error(503, "503", "busy"));
        try (LlmClient client = environment(Map.of("LLM_MAX_RETRIES", "2")).build()) {
            LlmException error = assertThrows(LlmException.class, () -> openrouterOnly(client));
            assertEquals(3, openrouter.posts());
            assertEquals(3, error.attempts().size());
        }
    }

    @Test
    void llmRetryDelayAndMaxDelay_boundTheWaits() {
        openrouter.always(Reply.error(503, "503", "busy"));
        Map<String, String> environment =
                Map.of("LLM_RETRY_DELAY", "2", "LLM_RETRY_MAX_DELAY", "3s", "LLM_MAX_RETRIES", "4");
        try (LlmClient client = environment(environment).build()) {
            assertThrows(LlmException.class, () -> openrouterOnly(client));
            // The random source always returns 0.5, so each delay is halfway between 2 s and min(3 s, 2 s · 2ⁿ).
            assertEquals(
                    List.of(2_500L, 2_500L, 2_500L, 2_500L),
                    time.sleeps().stream().map(Duration::toMillis).toList());
        }
    }

    @Test
    void llmRetryableErrors_selectTheRetriedErrors() {
        openrouter.always(Reply.error(503, "503", "busy"));
        try (LlmClient client =
                environment(Map.of("LLM_RETRYABLE_ERRORS", "rate_limit_error")).build()) {
            assertThrows(LlmException.class, () -> openrouterOnly(client));
            assertEquals(1, openrouter.posts());
        }
    }

    @Test
    void llmRequestTimeout_isTheAttemptTimeout() throws Exception {
        openrouter.always(Reply.hang());
        LlmClientBuilder builder = environment(Map.of("LLM_REQUEST_TIMEOUT", "0.1", "LLM_MAX_RETRIES", "0"));
        try (LlmClient client = builder.timeSource(TimeSource.system()).build()) {
            LlmException error = assertThrows(LlmException.class, () -> openrouterOnly(client));
            assertEquals(ErrorReason.ATTEMPT_TIMEOUT, error.reason().orElseThrow());
            openrouter.awaitClientsGone(1);
        }
    }

    private static ChatResponse openrouterOnly(LlmClient client) {
        return client.chat(
                ChatRequest.of("hi"),
                CallOptions.builder().provider("openrouter").build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http-referer = \"https://app.example\"           | HTTP-Referer              | https://app.example",
                "title = My App                                   | X-OpenRouter-Title        | My App",
                "title = My App                                   | X-Title                   | My App",
                "categories = [cli, ide]                          | X-OpenRouter-Categories   | cli,ide",
                "metadata-enabled = true                          | X-OpenRouter-Metadata     | enabled",
                "headers { X-Team = blue }                        | X-Team                    | blue",
                "response-cache { ttl = 60s }                     | X-OpenRouter-Cache-TTL    | 60",
                "response-cache { enabled = true }                | X-OpenRouter-Cache        | true",
                "response-cache { clear = true }                  | X-OpenRouter-Cache-Clear  | true",
                "api-key = other                                  | Authorization             | Bearer other"
            })
    void openrouterKey_isItsHeader(String setting, String header, String expected) {
        FakeRequest request = toOpenRouter(hocon("llm.providers.openrouter { " + setting + " }"));
        assertEquals(expected, request.header(header).orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "default-model = \"x/y\"                          | \"model\":\"x/y\"",
                "variant = nitro                                  | \"model\":\"or/default:nitro\"",
                "models = [\"a/b\", \"c/d\"]                      | \"models\":[\"a/b\",\"c/d\"]",
                "provider-preferences { order = [azure] }         | \"provider\":{\"order\":[\"azure\"]}",
                "service-tier = flex                              | \"service_tier\":\"flex\"",
                "reasoning-effort = high                          | \"reasoning\":{\"effort\":\"high\"}",
                "session-id = s1                                  | \"session_id\":\"s1\"",
                "user = u1                                        | \"user\":\"u1\"",
                "extras { verbosity = low }                       | \"verbosity\":\"low\""
            })
    void openrouterKey_isItsField(String setting, String expected) {
        FakeRequest request = toOpenRouter(hocon("llm.providers.openrouter { " + setting + " }"));
        assertTrue(request.body().contains(expected), request.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "api-key = other                                  | x-portkey-api-key             | other",
                "provider = groq                                  | x-portkey-provider            | groq",
                "provider-api-key = up-key                        | Authorization                 | Bearer up-key",
                "virtual-key = vk                                 | x-portkey-virtual-key         | vk",
                "config-id = pc-1                                 | x-portkey-config              | pc-1",
                "config { retry { attempts = 2 } }                | x-portkey-config              | {\"retry\":{\"attempts\":2}}",
                "custom-host = \"http://127.0.0.1:9/v1\"          | x-portkey-custom-host         | http://127.0.0.1:9/v1",
                "trace-id = t1                                    | x-portkey-trace-id            | t1",
                "metadata { _user = u1 }                          | x-portkey-metadata            | {\"_user\":\"u1\"}",
                "request-timeout = 1.5s                           | x-portkey-request-timeout     | 1500",
                "response-cache { namespace = n1 }                | x-portkey-cache-namespace     | n1",
                "response-cache { force-refresh = true }          | x-portkey-cache-force-refresh | true",
                "headers { x-portkey-debug = \"false\" }          | x-portkey-debug               | false"
            })
    void portkeyKey_isItsHeader(String setting, String header, String expected) {
        FakeRequest request = toPortkey(hocon("llm.providers.portkey { " + setting + " }"));
        assertEquals(expected, request.header(header).orElseThrow());
    }

    @Test
    void apiKeyFile_isTrimmed(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "file-key\r\n");
        FakeRequest request = toOpenRouter(hocon("llm.providers.openrouter.api-key = { file = \"" + file + "\" }"));
        assertEquals("Bearer file-key", request.header("Authorization").orElseThrow());
    }

    @Test
    void agentAndModeKeys_fillTheRequest() {
        FakeRequest request = sent(
                openrouter,
                hocon("""
                llm.agents.researcher { model = smart, temperature = 0.3, max-output-tokens = 77, reasoning = 500 }
                llm.models.smart { openrouter = "x/smart" }"""),
                CallOptions.builder().agent("researcher").build());
        for (String field : List.of(
                "\"model\":\"x/smart\"",
                "\"temperature\":0.3",
                "\"max_tokens\":77",
                "\"reasoning\":{\"max_tokens\":500}")) {
            assertTrue(request.body().contains(field), field + " in " + request.body());
        }
        FakeRequest moded = sent(
                portkey,
                hocon("llm.modes.reviewer { model = \"pk/mode\", provider = portkey }"),
                CallOptions.builder().mode("reviewer").build());
        assertTrue(moded.body().contains("\"model\":\"pk/mode\""), moded.body());
    }

    @Test
    void chainKey_decidesOrderAndModel() {
        portkey.then(Reply.error(402, "402", "empty"));
        FakeRequest request = sent(
                openrouter, hocon("""
                llm.chains.spare = [{ provider = portkey, model = "link/model" }, openrouter]"""), CallOptions.builder().chain("spare").build());
        assertTrue(portkey.lastRequest().body().contains("\"model\":\"link/model\""));
        assertTrue(request.body().contains("\"model\":\"or/default\""));
    }

    @Test
    void fallbackOnKey_otherKinds_endTheCall() {
        openrouter.then(Reply.error(402, "402", "empty"));
        try (LlmClient client = hocon("llm.fallback.on = [connection_error]").build()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(0, portkey.posts());
        }
    }

    @Test
    void fallbackAfterContentFilterKey_decidesOnFallbackOfRefusedContent() {
        openrouter.always(Reply.error(400, "content_policy_violation", "no"));
        portkey.always(Reply.answer("hello"));
        try (LlmClient client = hocon("").build()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(0, portkey.posts());
        }
        try (LlmClient client = hocon("llm.providers.openrouter.fallback.after-content-filter = next")
                .build()) {
            assertEquals("hello", client.chat("hi").text());
            assertEquals(1, portkey.posts());
        }
    }

    @Test
    void retryKeysOfAProvider_applyToThatProvider() {
        openrouter.always(Reply.error(503, "503", "busy"));
        portkey.then(Reply.error(503, "503", "busy")).then(Reply.answer("hello"));
        try (LlmClient client =
                hocon("llm.providers.openrouter.retry.max-retries = 0").build()) {
            List<Attempt> attempts = client.chat("hi").attempts();
            assertEquals(
                    List.of("openrouter", "portkey", "portkey"),
                    attempts.stream().map(Attempt::provider).toList());
            assertEquals(1, openrouter.posts());
        }
    }

    @ParameterizedTest
    @CsvSource({"max-wait-before-next = 1s, 1", "max-wait-before-next = 3s, 2"})
    void maxWaitBeforeNextKey_decidesWhetherToWait(String setting, int posts) {
        openrouter.then(Reply.error(429, "429", "slow", "Retry-After: 2")).then(Reply.answer("hello"));
        portkey.then(Reply.answer("hello"));
        try (LlmClient client = hocon("llm.retry { " + setting + " }").build()) {
            client.chat("hi");
            assertEquals(posts, openrouter.posts());
        }
    }

    @ParameterizedTest
    @CsvSource({"1s, 1", "3s, 2"})
    void maxRetryAfterKey_decidesWhetherTheLastLinkWaits(String limit, int posts) {
        openrouter.always(Reply.error(429, "429", "slow", "Retry-After: 2"));
        try (LlmClient client = hocon("llm.retry { max-retries = 1, max-retry-after = " + limit + " }")
                .build()) {
            assertThrows(LlmException.class, () -> openrouterOnly(client));
            assertEquals(posts, openrouter.posts());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "2, 3"})
    void maxAfterTimeoutKey_limitsRetriesAfterATimeout(int limit, int posts) {
        openrouter.always(Reply.error(408, "408", "timeout"));
        try (LlmClient client = hocon("llm.retry.max-after-timeout = " + limit).build()) {
            assertThrows(LlmException.class, () -> openrouterOnly(client));
            assertEquals(posts, openrouter.posts());
        }
    }

    @Test
    void authenticationCooldownKey_decidesWhenAProviderIsCalledAgain() {
        openrouter.always(Reply.error(401, "401", "bad key"));
        portkey.always(Reply.answer("hello"));
        try (LlmClient client = hocon("llm.cooldown.authentication = 10s").build()) {
            client.chat("hi");
            client.chat("hi");
            assertEquals(1, openrouter.posts());
            time.advance(Duration.ofSeconds(11));
            client.chat("hi");
            assertEquals(2, openrouter.posts());
        }
    }

    @Test
    void callHeaders_areAddedWithoutReplacingOthers() {
        CallOptions options = CallOptions.builder()
                .provider("openrouter")
                .header("X-Mine", "1")
                .header("Authorization", "Bearer stolen")
                .build();
        FakeRequest request = sent(openrouter, hocon(""), options);
        assertEquals("1", request.header("X-Mine").orElseThrow());
        assertEquals("Bearer or-key", request.header("Authorization").orElseThrow());
    }

    @Test
    void requestExtras_areSentToTheirProviderTypeOnly() {
        openrouter.then(Reply.error(402, "402", "empty"));
        portkey.then(Reply.answer("hello"));
        Consumer<LlmClient> call = client -> client.chat(ChatRequest.builder()
                .user("hi")
                .extra("openrouter", "plugins", List.of(Map.of("id", "web")))
                .extra("portkey", "logprobs", true)
                .build());
        try (LlmClient client = hocon("").build()) {
            call.accept(client);
        }
        assertTrue(openrouter.lastRequest().body().contains("\"plugins\":[{\"id\":\"web\"}]"));
        assertTrue(!openrouter.lastRequest().body().contains("logprobs"));
        assertTrue(portkey.lastRequest().body().contains("\"logprobs\":true"));
        assertTrue(!portkey.lastRequest().body().contains("plugins"));
    }
}
