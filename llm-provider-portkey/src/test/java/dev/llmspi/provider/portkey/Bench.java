package dev.llmspi.provider.portkey;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/** A server, and a provider that talks to it; its wall clock stands still. */
final class Bench implements AutoCloseable {

    static final String KEY = "pk-c4n4ry0123456789abcdef";
    static final String UPSTREAM_KEY = "sk-up-c4n4ry9876543210fedcba";
    static final Instant NOW = Instant.parse("2026-11-22T23:30:00Z");

    final FakeLlmServer server = FakeLlmServer.portkey();
    final LlmProvider provider;
    final ProviderConfig config;

    Bench() {
        this(Map.of("provider", "openai", "provider-api-key", UPSTREAM_KEY));
    }

    Bench(Map<String, ?> more) {
        Map<String, Object> values = new HashMap<>(more);
        values.put("base-url", server.url());
        values.putIfAbsent("api-key", KEY);
        config = new ProviderConfig(
                "pk", "llm.providers.pk", values, path -> "", new ArrayList<>(), ManualTimeSource.startingAt(NOW));
        provider = new PortkeyProviderFactory().create(config);
        Assertions.assertEquals(List.of(), config.faults());
    }

    /** The reply to the next POST, and to every GET. */
    Bench answer(int status, String body, String... headers) {
        String type = "application/json";
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase("Content-Type")) {
                type = headers[i + 1];
            } else {
                lines.add(headers[i] + ": " + headers[i + 1]);
            }
        }
        FakeReply reply = FakeReply.of(status, type, body, lines.toArray(String[]::new));
        server.then(reply).serves("/models", reply);
        return this;
    }

    LlmException failure(ChatRequest request) {
        return Assertions.assertThrows(LlmException.class, () -> provider.chat(request, CallContext.create()));
    }

    @Override
    public void close() {
        provider.close();
        server.close();
    }
}
