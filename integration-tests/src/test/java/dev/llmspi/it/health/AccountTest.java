package dev.llmspi.it.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.HealthStatus;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that a cooldown applies to the account whose key was used, wherever this key is configured. Calls with other
 * keys must still work.
 */
class AccountTest {

    private final TestUpstream openrouter = TestUpstream.start();
    private final TestUpstream portkey = TestUpstream.start().always(Reply.answer("portkey"));

    @AfterEach
    void closeServers() {
        openrouter.close();
        portkey.close();
    }

    private LlmClientBuilder builder() {
        return LlmClient.builder().provider("portkey", block -> block.apiKey("pk-key")
                .baseUrl(portkey.url("/v1").toString())
                .defaultModel("m")
                .set("provider", "openai"));
    }

    private LlmClientBuilder openrouter(LlmClientBuilder builder, String name, Object key) {
        return builder.provider(name, block -> block.type("openrouter")
                .set("api-key", key)
                .baseUrl(openrouter.url("/api/v1").toString())
                .defaultModel("m"));
    }

    private static Reply rejected() {
        return Reply.error(401, "unauthorized", "no such key");
    }

    /** Provides the key of the tenant for whom a call is made. */
    private static final class TenantKeys implements Credential {
        @Override
        public Secret secret(CallContext context) {
            return Secret.of("key-of-" + context.tags().get("tenant"));
        }
    }

    private static String chat(LlmClient client, String tenant) {
        return client.chat(
                        ChatRequest.of("hi"),
                        CallOptions.builder().tag("tenant", tenant).build())
                .provider();
    }

    @Test
    void chat_oneKeyRejected_doesNotAffectOtherKeys() {
        openrouter.then(rejected()).then(Reply.answer("b")).always(Reply.answer("more"));
        try (LlmClient client = openrouter(builder(), "openrouter", new TenantKeys())
                .chain("default", "openrouter", "portkey")
                .build()) {
            assertEquals("portkey", chat(client, "a"));
            assertEquals("openrouter", chat(client, "b"));
            assertEquals("portkey", chat(client, "a"));
            assertEquals(2, openrouter.posts());
            List<HealthStatus> states = client.health().stream()
                    .filter(status -> status.provider().equals("openrouter"))
                    .toList();
            assertEquals(
                    List.of(HealthStatus.State.AVAILABLE, HealthStatus.State.COOLDOWN),
                    states.stream().map(HealthStatus::state).toList());
            String account = states.get(1).account().orElseThrow();
            assertFalse(account.contains("key"), account);
        }
    }

    @Test
    void chat_keyFileChangedAfterARejection_isCalledAtOnce(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "old-key\n");
        openrouter.then(rejected()).always(Reply.answer("hello"));
        try (LlmClient client = openrouter(builder(), "openrouter", Credential.file(file))
                .chain("default", "openrouter", "portkey")
                .build()) {
            assertEquals("portkey", client.chat("hi").provider());
            assertEquals("portkey", client.chat("hi").provider());
            Files.writeString(file, "another-key\n");
            assertEquals("openrouter", client.chat("hi").provider());
            assertTrue(openrouter.lastRequest().headers().toString().contains("another-key"));
        }
    }

    @Test
    void chat_outOfCredit_appliesToAllBlocksWithThatKey() {
        openrouter.then(Reply.error(402, "payment_required", "no credit")).always(Reply.answer("other key"));
        try (LlmClient client = openrouter(
                        openrouter(openrouter(builder(), "one", "key-1"), "two", "key-1"), "three", "key-2")
                .chain("default", "one", "two", "three", "portkey")
                .build()) {
            assertEquals("three", client.chat("hi").provider());
            assertEquals(2, openrouter.posts());
            assertEquals("three", client.chat("hi").provider());
            Map<String, HealthStatus.State> states =
                    client.health().stream().collect(Collectors.toMap(HealthStatus::provider, HealthStatus::state));
            assertEquals(
                    Map.of(
                            "one", HealthStatus.State.COOLDOWN,
                            "two", HealthStatus.State.COOLDOWN,
                            "three", HealthStatus.State.AVAILABLE,
                            "portkey", HealthStatus.State.AVAILABLE),
                    states);
        }
    }

    @Test
    void account_named_appliesToAllItsKeys() {
        openrouter.then(Reply.error(402, "payment_required", "no credit"));
        try (LlmClient client = openrouter(builder(), "openrouter", new TenantKeys())
                .set("llm.providers.openrouter.account", "team")
                .chain("default", "openrouter", "portkey")
                .build()) {
            assertEquals("portkey", chat(client, "a"));
            assertEquals("portkey", chat(client, "b"));
            assertEquals(1, openrouter.posts());
            assertEquals(
                    Optional.of("team"),
                    client.health().stream()
                            .flatMap(status -> status.account().stream())
                            .findFirst());
        }
    }
}
