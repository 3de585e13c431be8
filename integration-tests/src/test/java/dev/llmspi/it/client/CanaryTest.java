package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No key, prompt, answer or header value in any message, log line, event or toString, even if the server sends them back. */
class CanaryTest {

    private static final String OPENROUTER_KEY = "canary-openrouter-key";
    private static final String PORTKEY_KEY = "canary-portkey-key";
    private static final String UPSTREAM_KEY = "canary-upstream-key";
    private static final String HEADER = "canary-header-value";
    private static final String PROMPT = "canary prompt: tell nobody";
    private static final String ANSWER = "canary answer";
    private static final List<String> CANARIES =
            List.of(OPENROUTER_KEY, PORTKEY_KEY, UPSTREAM_KEY, HEADER, PROMPT, ANSWER);

    private final TestUpstream openrouter = TestUpstream.start();
    private final TestUpstream portkey = TestUpstream.start();
    private final RecordingListener listener = RecordingListener.create();
    private final StringWriter seen = new StringWriter();
    private final Logger logger = Logger.getLogger("dev.llmspi");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            note(entry.getLoggerName() + " " + entry.getMessage());
            note(entry.getThrown());
        }

        @Override
        public void flush() {
            // written at once
        }

        @Override
        public void close() {
            // nothing is held
        }
    };

    @BeforeEach
    void listenToTheLog() {
        logger.setLevel(Level.ALL);
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
    }

    @AfterEach
    void stop() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
        logger.setLevel(null);
        openrouter.close();
        portkey.close();
    }

    private synchronized void note(Object thing) {
        if (thing instanceof Throwable error) {
            error.printStackTrace(new PrintWriter(seen, true));
        } else if (thing != null) {
            seen.write(thing + "\n");
        }
    }

    private LlmClient client() {
        return LlmClient.builder()
                .timeSource(ManualTimeSource.create())
                .listener(listener)
                .provider("openrouter", block -> block.apiKey(OPENROUTER_KEY)
                        .baseUrl(openrouter.url("/api/v1").toString())
                        .set("headers", Map.of("X-Secret", HEADER)))
                .provider("portkey", block -> block.apiKey(PORTKEY_KEY)
                        .baseUrl(portkey.url("/v1").toString())
                        .defaultModel("m")
                        .set("provider", "openai")
                        .set("provider-api-key", UPSTREAM_KEY))
                .build();
    }

    static Stream<Arguments> replies() {
        String echo = String.join(" / ", OPENROUTER_KEY, PORTKEY_KEY, UPSTREAM_KEY, PROMPT);
        return Stream.of(
                Arguments.of("401 that echoes", Reply.error(401, "invalid " + OPENROUTER_KEY, "bad: " + echo)),
                Arguments.of("400 that echoes", Reply.error(400, "400", "in " + echo)),
                Arguments.of("500 that echoes in text", Reply.of(500, "text/plain", echo)),
                Arguments.of("502 that echoes in HTML", Reply.of(502, "text/html", "<html>" + echo + "</html>")),
                Arguments.of(
                        "error in a 200", Reply.json(200, "{\"error\":{\"code\":500,\"message\":\"" + echo + "\"}}")),
                Arguments.of(
                        "echo as the code",
                        Reply.json(400, "{\"error\":{\"code\":\"" + echo + "\",\"message\":\"x\"}}")),
                Arguments.of(
                        "cut answer",
                        Reply.cutBody(200, "application/json", "{\"choices\":[\"" + echo + echo + "\"]}")),
                Arguments.of("answer of another shape", Reply.json(200, "{\"choices\":\"" + echo + ANSWER + "\"}")),
                Arguments.of("no JSON", Reply.json(200, echo)),
                Arguments.of("redirect", Reply.json(302, "{}", "Location: http://127.0.0.1:1/?k=" + OPENROUTER_KEY)),
                Arguments.of(
                        "moderation",
                        Reply.json(
                                403,
                                "{\"error\":{\"code\":403,\"message\":\"flagged\",\"metadata\":"
                                        + "{\"reasons\":[\"x\"],\"flagged_input\":\"" + PROMPT + "\"}}}")),
                Arguments.of("closed", Reply.close()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("replies")
    void chat_serverSendsSecretsBack_nothingIsShown(String name, Reply reply) {
        openrouter.always(reply);
        portkey.always(reply);
        try (LlmClient client = client()) {
            note(client);
            note(client.registry().get("openrouter"));
            note(client.registry().get("portkey"));
            for (String provider : List.of("openrouter", "portkey")) {
                try {
                    note(client.chat(
                            ChatRequest.of(PROMPT),
                            CallOptions.builder().provider(provider).build()));
                } catch (LlmException e) {
                    note(e);
                    note(e.attempts());
                    note(e.code());
                    note(e.requestId());
                }
            }
        }
        assertClean();
        assertTrue(openrouter.posts() > 0 && portkey.posts() > 0);
    }

    @Test
    void chat_success_showsNeitherPromptNorAnswer() {
        openrouter.then(Reply.answer(ANSWER));
        try (LlmClient client = client()) {
            ChatRequest request =
                    ChatRequest.builder().system(PROMPT).user(PROMPT).build();
            ChatResponse response = client.chat(
                    request, CallOptions.builder().header("X-Own", HEADER).build());
            assertTrue(response.text().equals(ANSWER));
            note(request);
            note(request.messages());
            note(response);
            note(response.message());
            note(response.attempts());
            note(CallOptions.builder().header("X-Own", HEADER).build());
        }
        assertClean();
    }

    @Test
    void build_wrongConfiguration_showsNoValueOfASecret() {
        for (String text : List.of(
                "llm.providers.openrouter { api-key = \"" + OPENROUTER_KEY + "\\nX: y\" }",
                "llm.providers.openrouter { api-key = [\"" + OPENROUTER_KEY + "\"] }",
                "llm.providers.openrouter { api-key = k, headers { X-A = \"" + HEADER + "\\r\\nX-B: c\" } }",
                "llm.providers.openrouter { api-key = k, base-url = \"https://" + OPENROUTER_KEY + "@host/v1\" }",
                "llm.providers.openrouter { api-key = k, base-url = \"https://host/v1?key=" + OPENROUTER_KEY + "\" }",
                "llm.providers.portkey { api-key = k, trace-id = \"a\\n" + HEADER + "\" }",
                "llm.providers.openrouter { api_key = \"" + OPENROUTER_KEY + "\" }")) {
            LlmConfigException error = assertThrows(
                    LlmConfigException.class,
                    () -> LlmClient.builder().text(text, "test").build().close(),
                    text);
            note(error);
            note(error.faults());
        }
        note(LlmSettings.builder()
                .environment(Map.of("OPENROUTER_API_KEY", OPENROUTER_KEY))
                .build());
        assertClean();
    }

    private void assertClean() {
        listener.events().forEach(this::note);
        String all = seen.toString();
        for (String canary : CANARIES) {
            int at = all.indexOf(canary);
            assertFalse(
                    at >= 0, () -> "shown: " + all.substring(Math.max(0, at - 300), Math.min(all.length(), at + 100)));
        }
    }
}
