package dev.llmspi.it.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.CredentialException;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.testkit.FakeLlmServer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Checks what docs/client.md says about a client that many tenants share. */
class TenantsTest {

    private static final Map<String, String> KEYS = Map.of("acme", "sk-acme-key", "umbrella", "sk-umbrella-key");

    private static Credential byTenant() {
        return context -> {
            String tenant = context.tags().getOrDefault("tenant", "");
            String key = KEYS.get(tenant);
            if (key == null) {
                throw new CredentialException("no key for tenant \"" + tenant + "\"");
            }
            return Secret.of(key);
        };
    }

    private static LlmClient tenant(LlmClient shared, String name) {
        return shared.with(CallOptions.builder().tag("tenant", name).build());
    }

    @Test
    void eachTenant_usesItsOwnKeyAndHasItsOwnCooldown() {
        try (FakeLlmServer first = FakeLlmServer.openRouter()
                        .fails(ErrorKind.RESOURCE_EXHAUSTED)
                        .answers("for umbrella");
                FakeLlmServer second =
                        FakeLlmServer.openAi().answers("for acme").repeat();
                LlmClient shared = LlmClient.builder()
                        .provider("openrouter", block -> block.apiKey(byTenant())
                                .defaultModel("m")
                                .baseUrl(first.url()))
                        .provider(
                                "local",
                                block -> block.type("openai").defaultModel("m").baseUrl(second.url()))
                        .chain("default", "openrouter", "local")
                        .build()) {
            assertEquals("for acme", tenant(shared, "acme").complete("hi"));
            assertEquals(Optional.of("Bearer sk-acme-key"), first.lastRequest().header("Authorization"));
            assertEquals("for acme", tenant(shared, "acme").complete("hi again"));
            assertEquals(1, first.requests().size(), "the account without credit is in cooldown");

            assertEquals("for umbrella", tenant(shared, "umbrella").complete("hi"));
            assertEquals(
                    Optional.of("Bearer sk-umbrella-key"), first.lastRequest().header("Authorization"));
        }
    }

    @Test
    void unknownTenant_isNamedAndSendsNothing() {
        try (FakeLlmServer server = FakeLlmServer.openRouter();
                LlmClient shared = LlmClient.builder()
                        .provider("openrouter", block -> block.apiKey(byTenant())
                                .defaultModel("m")
                                .baseUrl(server.url()))
                        .build()) {
            LlmClient nobody = tenant(shared, "nobody");
            LlmException error = assertThrows(LlmException.class, () -> nobody.complete("hi"));

            assertEquals(Optional.of(ErrorReason.MISSING_CREDENTIAL), error.reason());
            assertTrue(error.getMessage().contains("no key for tenant \"nobody\""), error.getMessage());
            assertEquals(0, server.requests().size());
        }
    }
}
