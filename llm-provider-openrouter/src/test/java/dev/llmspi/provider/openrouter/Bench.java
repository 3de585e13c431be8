package dev.llmspi.provider.openrouter;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ProviderConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.QueueDispatcher;
import org.junit.jupiter.api.Assertions;

/** A server, and a provider that talks to it; its wall clock stands still. */
final class Bench implements AutoCloseable {

    static final String KEY = "sk-or-v1-c4n4ry0123456789abcdef";
    static final Instant NOW = Instant.ofEpochMilli(1_790_553_000_000L);

    final MockWebServer server = new MockWebServer();
    final LlmProvider provider;
    final ProviderConfig config;

    Bench() throws IOException {
        this(Map.of());
    }

    Bench(Map<String, ?> more) throws IOException {
        // A request nobody expected gets a 404 at once rather than silence.
        ((QueueDispatcher) server.getDispatcher()).setFailFast(true);
        server.start();
        Map<String, Object> values = new HashMap<>(more);
        values.put("base-url", server.url("/api/v1").toString());
        values.putIfAbsent("api-key", KEY);
        config = new ProviderConfig("or", "llm.providers.or", values, path -> "", new ArrayList<>(), new Still());
        provider = new OpenRouterProviderFactory().create(config);
        Assertions.assertEquals(List.of(), config.faults());
    }

    Bench answer(int status, String body, String... headers) {
        MockResponse.Builder response = new MockResponse.Builder().code(status).body(body);
        for (int i = 0; i < headers.length; i += 2) {
            response.setHeader(headers[i], headers[i + 1]);
        }
        server.enqueue(response.build());
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

    private record Still() implements TimeSource {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return NOW;
        }

        @Override
        public void sleep(Duration duration, Cancellation cancellation) {
            throw new AssertionError("a provider never waits");
        }
    }
}
