package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.testkit.FakeLlmServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for creating a provider from its configuration. */
public abstract class ConfigRules extends ContractRules {

    private static final Duration AT_ONCE = Duration.ofMillis(100);
    private static final String NOWHERE = "http://127.0.0.1:9" + HttpBench.PATH;

    ConfigRules(LlmProviderContract contract) {
        super(contract);
    }

    private ProviderConfig block(UnaryOperator<Object> change) {
        return HttpBench.block(author(), NOWHERE, change);
    }

    private void create(ProviderConfig config) {
        LlmProvider provider = author().factory().create(config);
        if (provider != null) {
            provider.close();
        }
    }

    @Test
    @DisplayName("2.1 a complete block yields a usable provider: no faults, and every key is read")
    public void rule2_1_completeBlock() {
        ProviderConfig config = block(UnaryOperator.identity());

        LlmProvider provider = author().factory().create(config);

        assertNotNull(provider, "create returned null");
        provider.close();
        assertEquals(Set.of(), config.unread(), "keys that were not read");
        config.refuseUnread();
        assertEquals(List.of(), config.faults());
        assertEquals(Optional.empty(), config.unusableReason());
    }

    @Test
    @DisplayName("2.2 create returns within 100 ms")
    public void rule2_2_createIsQuick() {
        Duration quickest = BackgroundCall.PATIENCE;
        for (int i = 0; i < 5 && quickest.compareTo(AT_ONCE) > 0; i++) {
            ProviderConfig config = block(UnaryOperator.identity());
            long begin = System.nanoTime();
            create(config);
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            quickest = taken.compareTo(quickest) < 0 ? taken : quickest;
        }

        assertTrue(quickest.compareTo(AT_ONCE) <= 0, "the quickest of five took " + quickest.toMillis() + " ms");
    }

    @Test
    @DisplayName("2.3 create opens no connection")
    public void rule2_3_createIsOffline() {
        try (FakeLlmServer server = FakeLlmServer.openAi()) {
            create(HttpBench.block(author(), HttpBench.url(server), UnaryOperator.identity()));

            assertEquals(0, server.connections());
        }
    }

    @Test
    @DisplayName("2.4 create never throws, whatever the block contains")
    public void rule2_4_createDoesNotThrow() {
        for (Object nonsense : List.of("", "no sense at all", -1, true, List.of(1, List.of()), Map.of("a", Map.of()))) {
            Map<String, Object> values = new HashMap<>();
            author().config(NOWHERE, HttpBench.KEY).forEach((key, value) -> values.put(key, nonsense));
            assertDoesNotThrow(
                    () -> create(ProviderConfig.of(HttpBench.NAME, values)), () -> "every value is " + nonsense);
        }
        assertDoesNotThrow(() -> create(ProviderConfig.of(HttpBench.NAME, Map.of())), "the block is empty");
    }

    @Test
    @DisplayName("2.5 an invalid base URL is reported as a fault")
    public void rule2_5_wrongUrl() {
        ProviderConfig config = block(value -> value.equals(NOWHERE) ? "no URL at all" : value);

        create(config);

        assertFalse(config.faults().isEmpty(), "no fault was reported");
    }

    @Test
    @DisplayName("2.6 a base URL that would send the key unencrypted to another machine is reported as a fault")
    public void rule2_6_insecureUrl() {
        ProviderConfig config = block(value -> value.equals(NOWHERE) ? "http://llm.example.com/v1" : value);
        assumeTrue(
                author().config(NOWHERE, HttpBench.KEY).containsValue(HttpBench.KEY),
                "the configuration contains no key");

        create(config);

        assertFalse(config.faults().isEmpty(), "no fault was reported");
    }

    @Test
    @DisplayName("2.7 requests are sent to paths below the base URL")
    public void rule2_7_belowBaseUrl() {
        bench().answers("hello");

        chat();

        String path = http().server().lastRequest().path();
        assertTrue(path.startsWith(HttpBench.PATH), path);
    }

    @Test
    @DisplayName("2.8 two blocks of the same type are two providers, each with its own base URL")
    public void rule2_8_twoBlocks() {
        bench().answers("from the first");
        try (HttpBench other = fresh()) {
            other.answers("from the second");
            chat(ask("for the first"), CallContext.create());
            other.provider().chat(ask("for the second"), CallContext.create());

            assertTrue(
                    http().server().lastRequest().body().contains("for the first"),
                    "the first server received the request of the second");
            assertTrue(
                    other.server().lastRequest().body().contains("for the second"),
                    "the second server received the request of the first");
        }
    }
}
