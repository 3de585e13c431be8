package dev.llmspi.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A fake server, a provider that uses it, and a clock that does not advance. */
public class ProviderBench implements AutoCloseable {

    /** The text that no message of an error may contain. Keys and prompts contain it. */
    private static final String CANARY = "c4n4ry";

    private static final ChatRequest REQUEST = ChatRequest.of("a prompt with c4n4ryprompt in it").toBuilder()
            .model("m")
            .build();

    public final FakeLlmServer server;
    /** The faults of the configuration. */
    public final List<ConfigFault> faults = new ArrayList<>();

    public final ProviderConfig config;
    public final LlmProvider provider;
    private final Instant now;
    private final ManualTimeSource time;

    /**
     * Creates the provider, even if its configuration has faults.
     *
     * @param name the name of the provider block
     * @param now the time of the clock
     * @param key the API key, unless {@code more} has one
     * @param more the configuration, without the base URL
     */
    protected ProviderBench(
            FakeLlmServer server,
            Function<ProviderConfig, LlmProvider> factory,
            String name,
            Instant now,
            String key,
            Map<String, ?> more) {
        this.server = server;
        this.now = now;
        this.time = ManualTimeSource.startingAt(now);
        Map<String, Object> values = new HashMap<>(more);
        values.put("base-url", server.url());
        values.putIfAbsent("api-key", key);
        this.config = new ProviderConfig(name, "llm.providers." + name, values, path -> "", faults, time);
        this.provider = factory.apply(config);
    }

    /** Sets the reply to the next POST and to every request for the list of models. */
    public ProviderBench answer(FakeReply reply) {
        server.then(reply).serves("/models", reply);
        return this;
    }

    /** Sets a JSON reply. Each header is a line such as {@code "Retry-After: 1"}. */
    public ProviderBench answer(int status, String body, String... headers) {
        return answer(FakeReply.json(status, body, headers));
    }

    /** Makes a call that must fail, with a prompt that no error may contain. */
    public LlmException failure() {
        return failure(REQUEST);
    }

    /** Makes a call that must fail. */
    public LlmException failure(ChatRequest request) {
        return assertThrows(LlmException.class, () -> provider.chat(request, CallContext.create()));
    }

    /**
     * Makes a call and checks its error and what every error has: the request ID, the requested wait, and no secret.
     *
     * @param status the status of the reply
     * @param body the body of the reply, with ' in place of "
     * @param idHeader the header that carries the request ID
     */
    public void assertError(
            int status,
            String body,
            String idHeader,
            ErrorKind kind,
            @Nullable ErrorReason reason,
            @Nullable String code,
            @Nullable Boolean retryHere,
            @Nullable Boolean tryNext) {
        answer(status, body.replace('\'', '"'), idHeader + ": req-7", "Retry-After: 3");
        LlmException error = failure();
        assertEquals(kind, error.kind(), error::getMessage);
        assertEquals(Optional.ofNullable(reason), error.reason());
        assertEquals(Optional.ofNullable(code), error.code());
        assertEquals(Optional.ofNullable(retryHere), error.retryHere());
        assertEquals(Optional.ofNullable(tryNext), error.tryNext());
        assertEquals(Optional.of("req-7"), error.requestId());
        assertEquals(Optional.of(Duration.ofSeconds(3)), error.retryAfter());
        assertEquals(Optional.of("m"), error.model());
        assertEquals(provider.name(), error.provider());
        assertTrue(error.requestSent());
        assertEquals(1, server.requests().size());
        assertFalse(error.toString().contains(CANARY), error::toString);
    }

    @Override
    public void close() {
        provider.close();
        server.close();
        assertEquals(now, time.now(), "a provider must not sleep");
    }
}
