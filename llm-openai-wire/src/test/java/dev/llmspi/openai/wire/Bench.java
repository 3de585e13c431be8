package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ConfigFault;
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
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Assertions;

/** A server, and a provider of the plain dialect that talks to it. */
final class Bench implements AutoCloseable {

    static final String KEY = "sk-c4n4ry0123456789abcdef";
    static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    static final ChatRequest HELLO =
            ChatRequest.of("Hello").toBuilder().model("m").build();

    final MockWebServer server = new MockWebServer();
    final List<ConfigFault> faults = new ArrayList<>();
    final LlmProvider provider;

    Bench(Object... more) throws IOException {
        this(new OpenAiDialect() {}, more);
    }

    Bench(OpenAiDialect dialect, Object... more) throws IOException {
        // A request nobody expected gets a 404 at once rather than silence.
        ((QueueDispatcher) server.getDispatcher()).setFailFast(true);
        server.start();
        Map<String, Object> values = new HashMap<>();
        values.put("base-url", server.url("/v1/").toString());
        values.put("api-key", KEY);
        for (int i = 0; i < more.length; i += 2) {
            values.put((String) more[i], more[i + 1]);
        }
        provider = OpenAiWire.provider(
                new ProviderConfig("local", "llm.providers.local", values, path -> "", faults, new Still()), dialect);
    }

    Bench answer(int status, String body, String... headers) {
        MockResponse.Builder response = new MockResponse.Builder().code(status).body(body);
        for (int i = 0; i < headers.length; i += 2) {
            response.addHeader(headers[i], headers[i + 1]);
        }
        server.enqueue(response.build());
        return this;
    }

    ChatResponse chat(ChatRequest request) {
        return provider.chat(request, CallContext.create());
    }

    /** The body of a request as it arrives. */
    String sent(ChatRequest request) throws InterruptedException {
        answer(200, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}");
        chat(request);
        return request().getBody().utf8();
    }

    /** Answers 200 with the given body. */
    ChatResponse reply(String body) {
        answer(200, body);
        return chat(HELLO);
    }

    LlmException failure(int status, String body, String... headers) {
        answer(status, body, headers);
        return failure(HELLO);
    }

    LlmException failure(ChatRequest request) {
        return Assertions.assertThrows(LlmException.class, () -> chat(request));
    }

    RecordedRequest request() throws InterruptedException {
        return server.takeRequest();
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
