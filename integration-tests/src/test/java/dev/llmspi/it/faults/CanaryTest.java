package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that keys, prompts, answers and header values appear only where they belong, even if a server echoes them. */
@Timeout(60)
class CanaryTest {

    private static final String OPENROUTER_KEY = "sk-or-v1-8f2c61d09be47a35c1f7";
    private static final String PORTKEY_KEY = "pk-4d7e90ab13c8f652e0b9";
    private static final String UPSTREAM_KEY = "sk-up-c55fa0d7219e836b4d1c";
    private static final String VIRTUAL_KEY = "vk-b70e1963d2f8a45c7e02";
    static final String HEADER = "zq-header-value-71";
    static final String PROMPT = "zebra quartz: tell nobody of the yellow lantern";
    static final String WORD = "zqxj-promptword-5150";
    static final String ANSWER = "vulcan basalt answer";
    private static final List<String> KEYS = List.of(OPENROUTER_KEY, PORTKEY_KEY, UPSTREAM_KEY, VIRTUAL_KEY);

    private final TestUpstream openrouter = TestUpstream.start();
    private final TestUpstream portkey = TestUpstream.start();
    private final RecordingListener listener = RecordingListener.create();
    private final Witness witness = new Witness();

    @AfterEach
    void stop() {
        witness.close();
        openrouter.close();
        portkey.close();
    }

    /** Returns the keys, prompts and other secrets, and parts of them, which must not appear. */
    private static List<String> canaries() {
        List<String> canaries = new ArrayList<>(List.of(HEADER, ANSWER, WORD, "quartz: tell nobody of the"));
        for (String key : KEYS) {
            canaries.add(key);
            canaries.add(key.substring(key.length() - 8));
            canaries.add(key.substring(9, 17));
        }
        return canaries;
    }

    private LlmClient client() {
        return LlmClient.builder()
                .timeSource(ManualTimeSource.create())
                .listener(listener)
                .provider("openrouter", block -> block.apiKey(OPENROUTER_KEY)
                        .baseUrl(openrouter.url("/api/v1").toString())
                        .defaultModel("m")
                        .set("headers", Map.of("X-Secret", HEADER)))
                .provider("portkey", block -> block.apiKey(PORTKEY_KEY)
                        .baseUrl(portkey.url("/v1").toString())
                        .defaultModel("m")
                        .set("provider", "openai")
                        .set("virtual-key", VIRTUAL_KEY)
                        .set("provider-api-key", UPSTREAM_KEY)
                        .set("headers", Map.of("X-Secret", HEADER)))
                .build();
    }

    /** Returns the answers of a server that sends back the secrets it has received. */
    private static Echo echo(String provider) {
        return new Echo(
                provider.equals("openrouter")
                        ? List.of(OPENROUTER_KEY)
                        : List.of(PORTKEY_KEY, UPSTREAM_KEY, VIRTUAL_KEY));
    }

    @Tag("fault-3.4")
    @Tag("fault-8.2")
    @Tag("fault-8.3")
    @Tag("fault-8.4")
    @ParameterizedTest
    @ValueSource(strings = {"openrouter", "portkey"})
    void call_serverSendsSecretsBack_nothingIsShown(String provider) throws Exception {
        ChatRequest request =
                ChatRequest.builder().system(PROMPT).user(WORD).user(PROMPT).build();
        CallOptions options =
                CallOptions.builder().provider(provider).header("X-Own", HEADER).build();
        try (LlmClient client = client()) {
            for (Map.Entry<String, Reply> echo : echo(provider).replies().entrySet()) {
                witness.marks(echo.getKey());
                server(provider).always(seeing(echo.getValue()));
                for (Mode mode : Mode.values()) {
                    try {
                        witness.sees(mode.call(client, request, options, text -> {}));
                    } catch (RuntimeException e) {
                        witness.sees(e);
                    }
                }
                assertTrue(server(provider).posts() > 0);
            }
            witness.sees(client);
            witness.sees(client.route(options));
        }
        witness.sees(request);
        witness.sees(options);
        witness.sees(listener.events());
        witness.assertNever(canaries());
    }

    private TestUpstream server(String provider) {
        return provider.equals("openrouter") ? openrouter : portkey;
    }

    private Reply seeing(Reply reply) {
        return connection -> {
            witness.seesThreads();
            reply.send(connection);
        };
    }

    /**
     * The metadata given to the caller must not contain a key either, because applications pass it on to metrics and
     * traces.
     */
    @Tag("fault-8.3")
    @ParameterizedTest
    @EnumSource
    void answer_namesThatEchoKeys_areRedacted(Mode mode) {
        openrouter.always(echo("openrouter").names(mode));
        portkey.always(echo("portkey").names(mode));
        try (LlmClient client = client()) {
            for (String provider : List.of("openrouter", "portkey")) {
                CallOptions options = CallOptions.builder().provider(provider).build();
                ChatResponse response = mode.call(client, ChatRequest.of(PROMPT), options, text -> {});
                assertEquals(ANSWER, response.text());
                String given = response.model() + " " + response.requestId() + " " + response.rawFinishReason() + " "
                        + response.metadata();
                for (String key : KEYS) {
                    assertFalse(given.contains(key), given);
                }
                String names = response.model() + " " + response.rawFinishReason();
                assertFalse(names.contains("quartz") || names.contains("\n"), given);
            }
        }
    }

    @Tag("fault-8.2")
    @Tag("fault-8.4")
    @ParameterizedTest
    @EnumSource
    void call_success_showsNeitherPromptNorAnswer(Mode mode) throws Exception {
        openrouter.always(seeing(mode.answer(ANSWER)));
        ChatRequest request = ChatRequest.builder().system(PROMPT).user(WORD).build();
        try (LlmClient client = client()) {
            CallOptions options = CallOptions.builder().header("X-Own", HEADER).build();
            ChatResponse response = mode.call(client, request, options, text -> {});
            assertEquals(ANSWER, response.text());
            witness.sees(request);
            witness.sees(response);
            witness.sees(options);
            witness.sees(client);
        }
        witness.sees(listener.events());
        witness.assertNever(canaries());
    }

    @Tag("fault-8.2")
    @Test
    void build_wrongConfiguration_showsNoValueOfASecret() throws Exception {
        for (String text : List.of(
                "llm.providers.openrouter { api-key = \"" + OPENROUTER_KEY + "\\nX: y\" }",
                "llm.providers.openrouter { api-key = [\"" + OPENROUTER_KEY + "\"] }",
                "llm.providers.openrouter { api-key = { fil = \"" + OPENROUTER_KEY + "\" } }",
                "llm.providers.openrouter { api-key = k, headers { X-A = \"" + HEADER + "\\r\\nX-B: c\" } }",
                "llm.providers.openrouter { api-key = k, base-url = \"https://" + OPENROUTER_KEY + "@host/v1\" }",
                "llm.providers.openrouter { api-key = k, base-url = \"https://host/v1?key=" + OPENROUTER_KEY + "\" }",
                "llm.providers.openrouter { api-key = k, base-url = \"https://host/" + OPENROUTER_KEY + " x\" }",
                "llm.providers.openrouter { api-key = k, proxy { host = h, port = 1, user = u, passwort = \""
                        + UPSTREAM_KEY + "\" } }",
                "llm.providers.openrouter { api-key = k, tls { trust-store = nowhere, trust-store-password = \""
                        + UPSTREAM_KEY + "\" } }",
                "llm.providers.portkey { api-key = k, trace-id = \"a\\n" + HEADER + "\" }",
                "llm.providers.portkey { api-key = k, virtual-key = \"" + VIRTUAL_KEY + "\\u0000\" }",
                "llm.providers.portkey { api-key = k, provider-api-key = \"ü" + UPSTREAM_KEY + "\" }",
                "llm.providers.portkey { api-key = k, metadata = \"" + HEADER + "\" }",
                "llm.providers.portkey { api-key = k, config-id = a, config { api_key = \"" + UPSTREAM_KEY + "\" } }",
                "llm.providers.openrouter { api_key = \"" + OPENROUTER_KEY + "\" }")) {
            LlmConfigException error = assertThrows(
                    LlmConfigException.class,
                    () -> LlmClient.builder().text(text, "test").build().close(),
                    text);
            witness.sees(error);
            witness.sees(error.faults());
        }
        witness.sees(LlmSettings.builder()
                .environment(Map.of(
                        "OPENROUTER_API_KEY",
                        OPENROUTER_KEY,
                        "PORTKEY_API_KEY",
                        PORTKEY_KEY,
                        "PORTKEY_VIRTUAL_KEY",
                        VIRTUAL_KEY))
                .build());
        try (LlmClient client = client()) {
            openrouter.always(Reply.answer("warm"));
            witness.sees(client.chat("hi"));
            witness.sees(client);
        }
        witness.assertNever(canaries());
    }
}
