package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.RouteLink;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.testkit.FakeLlmServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that a chain has the links that it names: an environment variable is enough for a link, and a name without a
 * block and without a variable is a fault. Issue 15.
 */
@Timeout(30)
class ChainNamesTest {

    private final FakeLlmServer openrouter = FakeLlmServer.openRouter();
    private final FakeLlmServer openai = FakeLlmServer.openAi();
    private final FakeLlmServer local = FakeLlmServer.openAi();

    @AfterEach
    void stop() {
        openrouter.close();
        openai.close();
        local.close();
    }

    private LlmClient client(Map<String, String> environment, String... settings) {
        String block = "llm.providers.local { type = openai, default-model = l, base-url = \"" + local.url() + "\" }\n";
        return LlmClient.builder()
                .environment(environment)
                .text(block + String.join("\n", settings), "my.conf")
                .build();
    }

    private Map<String, String> openRouter() {
        return Map.of("OPENROUTER_API_KEY", "or-key", "OPENROUTER_BASE_URL", openrouter.url());
    }

    private static List<String> links(LlmClient client) {
        return client.route(CallOptions.none()).links().stream()
                .map(RouteLink::provider)
                .toList();
    }

    private static LlmConfigException fault(Runnable start) {
        return assertThrows(LlmConfigException.class, start::run);
    }

    @Test
    void variable_ofALinkWithoutABlock_createsTheBlock() {
        openrouter.answers("from openrouter");
        try (LlmClient client = client(openRouter(), "llm.chains.default = [openrouter, local]")) {
            assertEquals("from openrouter", client.chat("hi").text());
            openrouter.fails(402, "no_credit");
            local.answers("from local");
            assertEquals("from local", client.chat("hi").text());
        }
        assertEquals(Optional.of("Bearer or-key"), openrouter.lastRequest().header("Authorization"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"llm.chains.default = \"openrouter, local\"", "llm.chains.default = [{ provider = openrouter }]"
            })
    void variable_otherWaysToWriteAChain_createsTheBlock(String chain) {
        openrouter.answers("from openrouter");
        try (LlmClient client = client(openRouter(), chain)) {
            assertEquals("from openrouter", client.chat("hi").text());
        }
    }

    @Test
    void variable_ofAPreferredProviderOrOfAMode_createsTheBlock() {
        try (LlmClient client = client(openRouter(), "llm.preferred-provider = OpenRouter")) {
            assertEquals(List.of("openrouter", "local"), links(client));
            assertTrue(client.route(CallOptions.none()).links().get(0).usable());
        }
        CallOptions mode = CallOptions.builder().mode("m").build();
        openrouter.answers("from openrouter");
        try (LlmClient client = client(openRouter(), "llm.modes.m.provider = openrouter")) {
            assertEquals(
                    "from openrouter", client.chat(ChatRequest.of("hi"), mode).text());
            assertEquals(List.of("local"), links(client));
        }
    }

    @Test
    void variable_ofAProviderThatNothingNames_addsNoLink() {
        Map<String, String> environment = new HashMap<>(openRouter());
        environment.put("OPENAI_API_KEY", "openai-key");
        environment.put("PORTKEY_API_KEY", "pk-key");
        try (LlmClient client = client(environment)) {
            assertEquals(List.of("local"), links(client));
        }
        // Another chain names openrouter, so that it has a block. It must not join the default chain.
        try (LlmClient client = client(environment, "llm.chains.big = [openrouter]")) {
            assertEquals(List.of("local"), links(client));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void link_withoutBlockAndVariable_isAFaultThatSaysWhatToDo(String blank) {
        LlmConfigException error =
                fault(() -> client(Map.of("OPENROUTER_API_KEY", blank), "llm.chains.default = [openrouter, local]"));
        assertEquals(1, error.faults().size(), error.getMessage());
        assertEquals("llm.chains.default", error.faults().get(0).path());
        assertTrue(
                error.getMessage().contains("set OPENROUTER_API_KEY or llm.providers.openrouter.api-key"),
                error.getMessage());
        assertTrue(error.getMessage().contains("my.conf: 2"), error.getMessage());
    }

    @Test
    void link_withoutBlockAndVariable_isAFaultWithoutAnyBlockToo() {
        LlmConfigException error = fault(() -> LlmClient.builder()
                .environment(openRouter())
                .chain("default", "openrouter", "portkey")
                .build());
        assertEquals(1, error.faults().size(), error.getMessage());
        assertTrue(error.getMessage().contains("set PORTKEY_API_KEY"), error.getMessage());
    }

    @Test
    void link_withABlockWhoseKeyIsMissing_isLeftOut() {
        local.answers("from local");
        try (LlmClient client = client(
                Map.of(),
                "llm.chains.default = [openrouter, local]",
                "llm.providers.openrouter.api-key = ${?OPENROUTER_API_KEY}")) {
            assertEquals("from local", client.chat("hi").text());
        }
    }

    private Map<String, String> openAi() {
        return Map.of("OPENAI_API_KEY", "openai-key", "OPENAI_BASE_URL", openai.url());
    }

    @Test
    void openAiVariables_chainNamesOpenai_areItsKeyAndAddress() {
        openai.answers("from openai");
        try (LlmClient client = client(openAi(), "llm.chains.default = [{ provider = openai, model = m }, local]")) {
            assertEquals("from openai", client.chat("hi").text());
        }
        assertEquals(Optional.of("Bearer openai-key"), openai.lastRequest().header("Authorization"));
        openai.answers("from openai");
        try (LlmClient client = LlmClient.builder()
                .environment(openAi())
                .chain("default", "openai")
                .build()) {
            ChatRequest request = ChatRequest.builder().user("hi").model("m").build();
            assertEquals("from openai", client.chat(request).text());
        }
    }

    @Test
    void openAiVariables_blockOfTypeOpenai_areItsKeyAndAddress() {
        for (String block : List.of(
                "llm.providers.gpt { type = openai, default-model = m }",
                "llm.providers.gpt { type = openai, default-model = m, api-key = ${OPENAI_API_KEY} }",
                "llm.providers.gpt { type = openai, default-model = m, base-url = ${OPENAI_BASE_URL} }",
                "llm.providers.gpt { type = openai, default-model = m, api-key = ${?NOT_SET}, base-url = ${?NOT_SET} }",
                "llm.providers.openai { default-model = m }")) {
            openai.answers("from openai");
            try (LlmClient client = client(
                    openAi(),
                    block,
                    "llm.chains.default = [gpt, openai, local]"
                            .replace(block.contains("gpt") ? "openai, " : "gpt, ", ""))) {
                assertEquals("from openai", client.chat("hi").text(), block);
            }
            assertEquals(Optional.of("Bearer openai-key"), openai.lastRequest().header("Authorization"), block);
        }
    }

    /** A key must only go to the server that it was meant for. */
    @Test
    void openAiVariables_blockHasItsOwnKeyOrAddress_areNotMixedWithIt() {
        local.answers("from local");
        try (LlmClient client = client(openAi(), "llm.chains.default = [local]")) {
            assertEquals("from local", client.chat("hi").text());
        }
        assertEquals(Optional.empty(), local.lastRequest().header("Authorization"));
        try (LlmClient client = client(
                openAi(),
                "llm.providers.gpt { type = openai, default-model = m, api-key = own-key }",
                "llm.chains.default = [gpt, local]")) {
            assertEquals(
                    Optional.of("https://api.openai.com/v1"),
                    client.registry().get("gpt").endpoint().map(Object::toString));
        }
        for (String url : List.of("https://api.openai.com.example.org/v1", "https://gateway.example.org/v1")) {
            try (LlmClient client = client(
                    Map.of("OPENAI_API_KEY", "'key'"), // used, it would be a fault
                    "llm.providers.gpt { type = openai, base-url = \"" + url + "\" }",
                    "llm.chains.default = [gpt, local]")) {
                assertEquals(List.of("gpt", "local"), links(client));
            }
        }
        try (LlmClient client = client(
                openAi(), "llm.providers.gpt { type = openai, default-model = m }", "llm.chains.default = [local]")) {
            assertEquals(List.of("local"), links(client));
            assertFalse(client.registry().providers().get(1).usable());
        }
        assertEquals(0, openai.posts());
    }

    @Test
    void openAiVariables_noChainNamesOpenai_areOnlyUsedByACallThatNamesIt() {
        Map<String, String> environment = new HashMap<>(openRouter());
        environment.putAll(openAi());
        openai.answers("from openai");
        try (LlmClient client = LlmClient.builder().environment(environment).build()) {
            assertFalse(links(client).contains("openai"));
            ChatRequest request = ChatRequest.builder().user("hi").model("m").build();
            CallOptions byName = CallOptions.builder().provider("openai").build();
            assertEquals("from openai", client.chat(request, byName).text());
        }
        LlmConfigException error =
                fault(() -> LlmClient.builder().environment(openAi()).build());
        assertTrue(
                error.getMessage()
                        .contains("openai can be used, but must be named in llm.chains.default or PREFERRED_"),
                error.getMessage());
        environment.put("PREFERRED_LLM_PROVIDER", "openai");
        try (LlmClient client = LlmClient.builder().environment(environment).build()) {
            assertEquals("openai", links(client).get(0));
        }
    }

    @Test
    void openAiBaseUrl_aloneIsEnough_forALocalServerWithoutAKey() {
        openai.answers("from here").fails(ErrorKind.SERVICE);
        try (LlmClient client = LlmClient.builder()
                .environment(Map.of("OPENAI_BASE_URL", openai.url(), "PREFERRED_LLM_PROVIDER", "openai"))
                .build()) {
            ChatRequest request =
                    ChatRequest.builder().user("hi").model("qwen3:8b").build();
            assertEquals("from here", client.chat(request).text());
        }
        assertEquals(Optional.empty(), openai.lastRequest().header("Authorization"));
    }
}
