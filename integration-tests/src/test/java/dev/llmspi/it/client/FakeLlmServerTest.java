package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeLlmServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that each real provider understands the replies of {@link FakeLlmServer}. */
@Timeout(30)
class FakeLlmServerTest {

    @RegisterExtension
    final FakeLlmServers servers = FakeLlmServers.create();

    @Test
    void primaryOutOfCredit_secondaryAnswers() {
        FakeLlmServer primary = servers.openRouter().fails(ErrorKind.RESOURCE_EXHAUSTED);
        FakeLlmServer secondary = servers.portkey().answers("hello");
        try (LlmClient client = LlmClient.builder()
                .provider("openrouter", p -> p.apiKey("k1").defaultModel("m1").baseUrl(primary.url()))
                .provider("portkey", p -> p.apiKey("k2").defaultModel("m2").baseUrl(secondary.url()))
                .build()) {
            assertEquals("hello", client.complete("hi"));
            assertEquals("m2", secondary.lastRequest().model());
        }
    }

    /** The example in the Javadoc of {@link FakeLlmServer} is a word-for-word copy of the test above. */
    @Test
    void javadoc_showsARunningTest() throws Exception {
        Path root = Path.of(System.getProperty("basedir", "."), "..");
        String javadoc =
                Files.readString(root.resolve("llm-testkit/src/main/java/dev/llmspi/testkit/FakeLlmServer.java"));
        String shown = javadoc.substring(javadoc.indexOf("<pre>{@code") + 11, javadoc.indexOf("}</pre>"))
                .replaceAll("(?m)^ \\* ?", "");
        String own = Files.readString(
                root.resolve("integration-tests/src/test/java/dev/llmspi/it/client/FakeLlmServerTest.java"));

        assertTrue(squeezed(own).contains(squeezed(shown)), shown);
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }

    private FakeLlmServer server(String type) {
        return switch (type) {
            case "openrouter" -> servers.openRouter();
            case "portkey" -> servers.portkey();
            default -> servers.openAi();
        };
    }

    private static void block(ProviderSettings.Builder block, String type, FakeLlmServer server) {
        block.set("type", type).apiKey("key").defaultModel("m").baseUrl(server.url());
        if (type.equals("portkey")) {
            block.set("provider", "openai");
        }
    }

    private static LlmClient client(String type, FakeLlmServer server) {
        return LlmClient.builder()
                .set("llm.retry.max-retries", 0)
                .set("llm.timeouts.idle", "200ms")
                .provider("p", p -> block(p, type, server))
                .build();
    }

    static Stream<Arguments> typesAndKinds() {
        return Stream.of("openrouter", "portkey", "openai")
                .flatMap(type -> Stream.of(ErrorKind.values()).map(kind -> Arguments.of(type, kind)));
    }

    @ParameterizedTest
    @MethodSource("typesAndKinds")
    void fails_kind_isReportedAsThatKind(String type, ErrorKind kind) {
        FakeLlmServer server = server(type).fails(kind, Duration.ofSeconds(7));
        try (LlmClient client = client(type, server)) {

            LlmException error = assertThrows(LlmException.class, () -> client.complete("hi"));

            assertEquals(kind, error.kind(), error::getMessage);
            assertEquals(
                    kind == ErrorKind.CONNECTION ? Optional.empty() : Optional.of(Duration.ofSeconds(7)),
                    error.retryAfter());
            assertEquals(1, server.posts());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openrouter", "portkey", "openai"})
    void streams_andTools_areUnderstood(String type) {
        FakeLlmServer server =
                server(type).streams("hel", "lo").callsTool("f", "{\"a\":1}").callsTool("f", "{\"a\":1}");
        try (LlmClient client = client(type, server)) {
            ChatResponse answer = client.stream(ChatRequest.of("hi")).collect();
            assertEquals("hello", answer.text());
            assertEquals(14, answer.usage().totalTokens().orElseThrow());
            assertEquals(Optional.of("m"), answer.model());
            assertEquals(
                    type.equals("openai") ? Optional.empty() : Optional.of(type.equals("portkey") ? "openai" : "Fake"),
                    answer.metadata(ResponseMetadata.UPSTREAM_PROVIDER));
            ChatResponse whole = client.chat(ChatRequest.of("hi"));
            ChatResponse streamed = client.stream(ChatRequest.of("hi")).collect();
            assertEquals("{\"a\":1}", whole.toolCalls().get(0).arguments());
            assertEquals(whole.toolCalls(), streamed.toolCalls());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openrouter", "portkey", "openai"})
    void brokenStreams_areErrorsWithThePartialText(String type) {
        FakeLlmServer server = server(type)
                .streamsThenCuts("hel")
                .streamsThenFails(ErrorKind.SERVICE, "hel")
                .streamsThenHangs("hel");
        try (LlmClient client = client(type, server)) {
            for (int i = 0; i < 3; i++) {
                LlmException error = assertThrows(LlmException.class, () -> client.stream(ChatRequest.of("hi"))
                        .collect());

                assertEquals("hel", error.partial().orElseThrow().text());
            }
            assertEquals(3, server.posts());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openrouter", "portkey", "openai"})
    void brokenAnswers_areRetriedAndCounted(String type) {
        FakeLlmServer server =
                server(type).resets().sendsGarbage().streamsThenCuts("he").answers("hello");
        try (LlmClient client = LlmClient.builder()
                .set("llm.retry.delay", "1ms")
                .set("llm.retry.max-delay", "2ms")
                .provider("p", p -> block(p, type, server))
                .build()) {

            ChatResponse answer = client.chat("hi");

            assertEquals("hello", answer.text());
            assertEquals(
                    server.posts(),
                    answer.attempts().stream().filter(Attempt::sent).count());
            assertEquals(
                    List.of(ErrorReason.MALFORMED_RESPONSE),
                    answer.attempts().stream()
                            .map(Attempt::reason)
                            .flatMap(Optional::stream)
                            .filter(reason -> reason == ErrorReason.MALFORMED_RESPONSE)
                            .toList());
        }
    }
}
