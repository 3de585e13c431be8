package dev.llmspi.provider.openrouter;

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

    static final String KEY = "sk-or-v1-c4n4ry0123456789abcdef";
    static final Instant NOW = Instant.ofEpochMilli(1_790_553_000_000L);

    final FakeLlmServer server = FakeLlmServer.openRouter();
    final LlmProvider provider;
    final ProviderConfig config;

    Bench() {
        this(Map.of());
    }

    Bench(Map<String, ?> more) {
        Map<String, Object> values = new HashMap<>(more);
        values.put("base-url", server.url());
        values.putIfAbsent("api-key", KEY);
        config = new ProviderConfig(
                "or", "llm.providers.or", values, path -> "", new ArrayList<>(), ManualTimeSource.startingAt(NOW));
        provider = new OpenRouterProviderFactory().create(config);
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
        server.then(reply).serves("/models", reply).serves("/key", reply);
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
