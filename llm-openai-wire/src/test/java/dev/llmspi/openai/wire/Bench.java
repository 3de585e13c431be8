package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.FakeRequest;
import dev.llmspi.testkit.bench.ProviderBench;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A server, and a provider that calls it. Unless a test supplies a dialect, the provider uses the standard one. */
public final class Bench extends ProviderBench {

    static final String KEY = "sk-c4n4ry0123456789abcdef";
    static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    static final ChatRequest HELLO =
            ChatRequest.of("Hello").toBuilder().model("m").build();

    /** @param more names and values of settings, in turn */
    Bench(Object... more) {
        this(new OpenAiDialect() {}, more);
    }

    Bench(OpenAiDialect dialect, Object... more) {
        super(
                FakeLlmServer.openAi(),
                config -> OpenAiWire.provider(config, dialect),
                "local",
                NOW,
                KEY,
                settings(more));
    }

    /** Returns a bench with the standard dialect whose server sends the replies to its requests, in this order. */
    public static Bench replying(FakeReply... replies) {
        Bench bench = new Bench();
        for (FakeReply reply : replies) {
            bench.server.then(reply);
        }
        return bench;
    }

    private static Map<String, Object> settings(Object... more) {
        Map<String, Object> settings = new HashMap<>();
        for (int i = 0; i < more.length; i += 2) {
            settings.put((String) more[i], more[i + 1]);
        }
        return settings;
    }

    /** Sets a reply without a content type. Each header is a line such as {@code "Retry-After: 1"}. */
    @Override
    public Bench answer(int status, String body, String... headers) {
        answer(FakeReply.of(status, "", body, headers));
        return this;
    }

    ChatResponse chat(ChatRequest request) {
        return provider.chat(request, CallContext.create());
    }

    public ChatStream stream() {
        return stream(CallContext.create());
    }

    public ChatStream stream(CallContext context) {
        return provider.stream(HELLO, context);
    }

    /** Sends a request and returns its body as the server received it. */
    String sent(ChatRequest request) {
        answer(200, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}");
        chat(request);
        return request().body();
    }

    /** Sends a request, answers it with status 200 and this body, and returns the response. */
    ChatResponse reply(String body) {
        answer(200, body);
        return chat(HELLO);
    }

    LlmException failure(int status, String body, String... headers) {
        answer(status, body, headers);
        return failure(HELLO);
    }

    /** Returns the last request. */
    FakeRequest request() {
        return server.lastRequest();
    }

    /** Returns the number of requests that have arrived. */
    int requests() {
        return server.requests().size();
    }
}
