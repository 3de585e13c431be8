package dev.llmspi.provider.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.bench.ProviderBench;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The bench for Portkey's provider. */
final class Bench extends ProviderBench {

    static final String KEY = "pk-c4n4ry0123456789abcdef";
    static final String UPSTREAM_KEY = "sk-up-c4n4ry9876543210fedcba";
    static final Instant NOW = Instant.parse("2026-11-22T23:30:00Z");

    Bench() {
        this(Map.of("provider", "openai", "provider-api-key", UPSTREAM_KEY));
    }

    Bench(Map<String, ?> more) {
        super(FakeLlmServer.portkey(), new PortkeyProviderFactory()::create, "pk", NOW, KEY, more);
        assertEquals(List.of(), faults);
    }
}
