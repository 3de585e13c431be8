package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.core.ProviderStatus;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.it.faults.Mode;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.FakeRequest;
import dev.llmspi.testkit.ManualTimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the provider type {@code openai}, configured as shown in the README and in docs/openai-compatible.md. */
@Timeout(30)
class OpenAiCompatibleTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "."), "..").normalize();
    private static final Pattern HOCON = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL);
    private static final Pattern BASE_URL = Pattern.compile("base-url = \"https?://[^/\"]+([^?\"]*)(\\?[^\"]*)?\"");
    private static final Pattern MODEL = Pattern.compile("default-model = \"([^\"]+)\"");
    private static final Map<String, String> KEYS = Map.of(
            "OPENROUTER_API_KEY", "or-key",
            "PORTKEY_API_KEY", "pk-key",
            "OPENAI_API_KEY", "openai-key",
            "AZURE_OPENAI_API_KEY", "azure-key",
            "VERTEX_ACCESS_TOKEN", "vertex-token",
            "AWS_BEARER_TOKEN_BEDROCK", "bedrock-key",
            "GITHUB_TOKEN", "github-token",
            "VLLM_API_KEY", "vllm-key",
            "LITELLM_API_KEY", "litellm-key");

    private final TestUpstream local = TestUpstream.start();

    @AfterEach
    void stop() {
        local.close();
    }

    private static List<String> blocks(String document) throws IOException {
        Matcher matcher = HOCON.matcher(Files.readString(ROOT.resolve(document)));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    private static LlmClientBuilder client(String text) {
        return LlmClient.builder()
                .environment(KEYS)
                .timeSource(ManualTimeSource.create())
                .text(text, "test");
    }

    @Test
    void readme_openRouterPortkeyLocal_chainOfOneFile() throws Exception {
        try (TestUpstream openrouter = TestUpstream.start();
                TestUpstream portkey = TestUpstream.start();
                LlmClient client = client(blocks("README.md").get(0))
                        .set(
                                "llm.providers.openrouter.base-url",
                                openrouter.url("/api/v1").toString())
                        .set(
                                "llm.providers.portkey.base-url",
                                portkey.url("/v1").toString())
                        .set("llm.providers.portkey.provider", "openai")
                        .set("llm.providers.local.base-url", local.url("/v1").toString())
                        .build()) {
            openrouter.always(Reply.error(402, "402", "no credit"));
            portkey.always(Reply.error(401, "invalid_api_key", "no"));
            local.then(Reply.answer("from here"));

            ChatResponse answer = client.chat("hi");

            assertEquals("from here", answer.text());
            assertEquals(
                    List.of("openrouter", "portkey", "local"),
                    answer.attempts().stream().map(Attempt::provider).toList());
            assertEquals(List.of(1, 1, 1), List.of(openrouter.posts(), portkey.posts(), local.posts()));
            assertTrue(local.lastRequest().body().contains("\"model\":\"qwen3:8b\""));
            assertEquals(Optional.empty(), local.lastRequest().header("Authorization"));
        }
    }

    static Stream<String> documentedBlocks() throws IOException {
        return blocks("docs/openai-compatible.md").stream();
    }

    @ParameterizedTest
    @MethodSource("documentedBlocks")
    void documentedBlock_makesCalls(String block) {
        LlmClientBuilder builder = client(block);
        Set<String> names;
        try (LlmClient client = client(block).build()) {
            assertEquals(
                    List.of(),
                    client.registry().providers().stream()
                            .filter(provider -> provider.type().equals("openai") && !provider.usable())
                            .toList());
            names = Set.copyOf(client.registry().providers().stream()
                    .filter(ProviderStatus::usable)
                    .map(ProviderStatus::name)
                    .toList());
        }
        assertFalse(names.isEmpty());
        Matcher url = BASE_URL.matcher(block);
        boolean named = url.find();
        String path = named ? url.group(1) : "/v1";
        String query = named && url.group(2) != null ? url.group(2) : "";
        names.forEach(name -> builder.set(
                "llm.providers." + name + ".base-url", local.url(path + query).toString()));
        local.always(Reply.answer("hello"));
        try (LlmClient client = builder.build()) {
            assertEquals("hello", client.chat("hi").text());
        }
        FakeRequest request = local.lastRequest();
        assertEquals(path + "/chat/completions" + query, request.path());
        Matcher model = MODEL.matcher(block);
        assertTrue(!model.find() || request.body().contains("\"model\":\"" + model.group(1) + "\""), request::body);
        if (block.contains("X-GitHub")) {
            assertEquals(Optional.of("2022-11-28"), request.header("X-GitHub-Api-Version"));
        }
        if (block.contains("api-key-header = api-key")) {
            assertEquals(Optional.of("azure-key"), request.header("api-key"));
            assertEquals(Optional.empty(), request.header("Authorization"));
        } else if (block.contains("api-key = ${?")) {
            assertTrue(request.header("Authorization").orElseThrow().startsWith("Bearer "));
        }
    }

    /** A query of the base URL belongs to each request, and a strict server needs a media type that it can answer. */
    @Test
    void stream_andModels_queryAndMediaTypesAreSent() {
        String query = "?api-version=2024-10-21&x=%20y";
        local.then(Mode.STREAM.answer("hello")).then(Reply.json(200, "{\"data\":[]}"));
        try (LlmClient client = client("llm.providers.mine { type = openai, default-model = m, base-url = \""
                        + local.url("/v1/" + query) + "\" }")
                .build()) {
            assertEquals("hello", client.stream(ChatRequest.of("hi")).collect().text());
            client.registry().get("mine").as(ModelCatalog.class).orElseThrow().models(CallContext.create());
        }
        FakeRequest stream = local.requests().get(0);
        assertEquals("/v1/chat/completions" + query, stream.path());
        assertEquals(Optional.of("text/event-stream, application/json"), stream.header("Accept"));
        assertEquals("/v1/models" + query, local.lastRequest().path());
    }

    private FakeRequest sent(String settings) {
        local.then(Reply.answer("hello"));
        try (LlmClient client = client("llm.providers.mine { type = openai, default-model = m, base-url = \""
                        + local.url("/v1") + "\", " + settings + " }")
                .build()) {
            client.chat("hi");
        }
        return local.lastRequest();
    }

    @Test
    void settings_headerPrefixOrganizationProject_areOnTheWire() {
        FakeRequest own = sent("api-key = k1, api-key-header = X-Key, api-key-prefix = Token,"
                + " organization = org-1, project = proj_1, headers { X-More = m }, extras { top_k = 4 }");

        assertEquals(Optional.of("Token k1"), own.header("X-Key"));
        assertEquals(Optional.empty(), own.header("Authorization"));
        assertEquals(Optional.of("org-1"), own.header("OpenAI-Organization"));
        assertEquals(Optional.of("proj_1"), own.header("OpenAI-Project"));
        assertEquals(Optional.of("m"), own.header("X-More"));
        assertTrue(own.body().contains("\"top_k\":4"), own.body());
        assertEquals(
                Optional.of("Basic k2"),
                sent("api-key = k2, api-key-prefix = \"Basic \"").header("Authorization"));
        assertEquals(
                Optional.of("k3"), sent("api-key = k3, api-key-prefix = \"\"").header("Authorization"));
        assertEquals(
                Optional.of("k4"),
                sent("api-key = k4, api-key-header = api-key").header("api-key"));
    }

    @Test
    void settings_wrongOrMissing_areReported() {
        LlmConfigException wrong = assertThrows(LlmConfigException.class, () -> client(
                        "llm.providers.mine { type = openai, api-key = k, api-key-header = \"X Key\","
                                + " api-key-prefix = \"\u00e4\", organization = \"a\\nb\" }")
                .build());
        assertEquals(3, wrong.faults().size(), wrong::getMessage);

        try (LlmClient keyless = client("llm.providers { mine { type = openai }, other { type = openai, base-url = \""
                        + local.url("/v1") + "\" } }")
                .set("llm.chains.default", List.of("other"))
                .build()) {
            ProviderStatus mine = keyless.registry().providers().stream()
                    .filter(provider -> provider.name().equals("mine"))
                    .findFirst()
                    .orElseThrow();
            assertFalse(mine.usable());
            assertTrue(mine.reason().contains("llm.providers.mine.api-key"), mine.reason());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400|{'error':{'code':400,'message':'request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it','type':'exceed_context_size_error'}}|CONTEXT_LENGTH",
                "400|{'error':{'message':'litellm.ContextWindowExceededError: too long','type':null,'param':null,'code':'400'}}|CONTEXT_LENGTH",
                "400|{'error':{'message':'Budget has been exceeded! Current cost: 2, Max budget: 1','type':'budget_exceeded','param':null,'code':'400'}}|QUOTA",
                "404|{'error':{'code':'DeploymentNotFound','message':'The API deployment for this resource does not exist.'}}|MODEL_NOT_FOUND",
                "404|{'error':{'message':'model \\'qwen9\\' not found','type':'not_found_error','param':null,'code':null}}|MODEL_NOT_FOUND",
                "404|{'object':'error','message':'The model `qwen9` does not exist.','type':'NotFoundError','param':null,'code':404}|MODEL_NOT_FOUND",
                "404|{'detail':'Not Found'}|PROVIDER_SETTINGS",
                "429|{'error':{'message':'You exceeded your current quota','type':'insufficient_quota','param':null,'code':'insufficient_quota'}}|QUOTA"
            })
    void errors_inTheFormatsOfServers_areClassified(int status, String body, ErrorReason reason) {
        local.always(
                Reply.json(status, body.replace("\\'", "*").replace('\'', '"').replace('*', '\'')));
        try (LlmClient client = client("llm.providers.mine { type = openai, default-model = m, base-url = \""
                        + local.url("/v1") + "\" }")
                .build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat(ChatRequest.of("hi")));

            assertEquals(Optional.of(reason), error.reason(), error::getMessage);
            assertEquals("mine", error.provider());
            assertEquals(1, local.posts());
        }
    }
}
