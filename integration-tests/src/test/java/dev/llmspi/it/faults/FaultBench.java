package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.RecordingListener;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client with both providers, a server each, to break one of them and see what comes of it. OpenRouter is asked first, then
 * Portkey, unless only one is wanted; waits between attempts last milliseconds, everything else is as by default.
 *
 * <p>Whatever a test does: when the bench is closed, every call must come to its end, and each server must have seen as many POSTs as attempts at its provider were
 * reported as sent.
 *
 * <pre>{@code
 * try (FaultBench bench = FaultBench.both()) {
 *     bench.openrouter.always(Reply.reset());
 *     bench.portkey.then(mode.answer("hello"));
 *     assertEquals("hello", bench.call(mode).answer().text());
 * }
 * }</pre>
 */
public final class FaultBench implements AutoCloseable {

    public final TestUpstream openrouter;
    public final TestUpstream portkey;
    /** Is told of every call of the client. */
    public final RecordingListener listener = RecordingListener.create();

    private final CallsUnderWay underWay = new CallsUnderWay();
    private final List<UnaryOperator<LlmClientBuilder>> wishes = new ArrayList<>();
    private URI openrouterUrl;
    private URI portkeyUrl;
    private @Nullable LlmClient client;

    private FaultBench(TestUpstream openrouter, TestUpstream portkey) {
        this.openrouter = openrouter;
        this.portkey = portkey;
        this.openrouterUrl = openrouter.url("/api/v1");
        this.portkeyUrl = portkey.url("/v1");
    }

    /** OpenRouter, then Portkey. */
    public static FaultBench both() {
        return with(TestUpstream.start(), TestUpstream.start());
    }

    /** Both, with servers that were started for it; they are closed with the bench. */
    public static FaultBench with(TestUpstream openrouter, TestUpstream portkey) {
        return new FaultBench(openrouter, portkey)
                .set("llm.retry.delay", "1ms")
                .set("llm.retry.max-delay", "3ms")
                .chain("openrouter", "portkey");
    }

    /** One of the two, without a next one; the other's server still counts. */
    public static FaultBench alone(String provider) {
        return both().chain(provider);
    }

    /** Sets a key of the configuration; before the first call. */
    public FaultBench set(String path, Object value) {
        return with(builder -> builder.set(path, value));
    }

    /** No provider is left alone after an error: for many calls of one client that all shall reach it. */
    public FaultBench withoutCooldowns() {
        return set("llm.cooldown.authentication", "0s")
                .set("llm.cooldown.exhausted", "0s")
                .set("llm.cooldown.max", "0s")
                .set("llm.retry.budget", 1_000_000); // many failures in a row are the test's doing
    }

    /** Sets the order in which providers are asked; before the first call. */
    public FaultBench chain(String... providers) {
        return with(builder -> builder.chain("default", providers));
    }

    /** Sets the clock; before the first call. Default: the system's. */
    public FaultBench time(TimeSource time) {
        return with(builder -> builder.timeSource(time));
    }

    /** Asks anything else of the client's builder; before the first call. */
    public FaultBench with(UnaryOperator<LlmClientBuilder> wish) {
        if (client != null) {
            throw new IllegalStateException("the client is there already");
        }
        wishes.add(wish);
        return this;
    }

    /** Sends a provider's calls elsewhere than to its server; before the first call. */
    public FaultBench baseUrl(String provider, URI url) {
        if (provider.equals("openrouter")) {
            openrouterUrl = url;
        } else {
            portkeyUrl = url;
        }
        return this;
    }

    /** The client: made when it is first asked for, by whichever thread; closed with the bench. */
    public synchronized LlmClient client() {
        if (client == null) {
            LlmClientBuilder builder = LlmClient.builder()
                    .listener(listener)
                    .listener(underWay)
                    .provider("openrouter", block -> block.apiKey("or-key")
                            .baseUrl(openrouterUrl.toString())
                            .defaultModel("m"))
                    .provider("portkey", block -> block.apiKey("pk-key")
                            .baseUrl(portkeyUrl.toString())
                            .defaultModel("m")
                            .set("provider", "openai"));
            for (UnaryOperator<LlmClientBuilder> wish : wishes) {
                builder = wish.apply(builder);
            }
            client = builder.build();
        }
        return client;
    }

    public TestUpstream server(String provider) {
        return provider.equals("openrouter") ? openrouter : portkey;
    }

    /** One call, to its end. */
    public Outcome call(Mode mode) {
        return call(mode, CallOptions.none());
    }

    /** One call, to its end; the options may not hold a listener. */
    public Outcome call(Mode mode, CallOptions options) {
        return call(mode, ChatRequest.of("hi"), options);
    }

    /** One call, to its end; the options may not hold a listener. */
    public Outcome call(Mode mode, ChatRequest request, CallOptions options) {
        LlmClient called = client();
        RecordingListener own = RecordingListener.create();
        CallOptions told = CallOptions.builder().listener(own).build().over(options);
        List<String> texts = new ArrayList<>();
        ChatResponse response = null;
        Throwable thrown = null;
        long start = System.nanoTime();
        try {
            response = mode.call(called, request, told, texts::add);
        } catch (RuntimeException e) {
            thrown = e;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        List<CallFinished> ends = own.events(CallFinished.class);
        assertEquals(1, ends.size(), "a call ends once");
        return new Outcome(response, thrown, List.copyOf(texts), ends.get(0).attempts(), took);
    }

    /** Ends the client and compares what the servers saw with what was reported. */
    @Override
    public void close() {
        try {
            if (client != null) {
                client.close();
                underWay.awaitNone();
            }
            for (String provider : List.of("openrouter", "portkey")) {
                assertCountsAgree(provider);
            }
        } finally {
            openrouter.close();
            portkey.close();
        }
    }

    private void assertCountsAgree(String provider) {
        List<Attempt> attempts = listener.events(CallFinished.class).stream()
                .flatMap(call -> call.attempts().stream())
                .filter(attempt -> attempt.provider().equals(provider))
                .toList();
        int sent = (int) attempts.stream().filter(Attempt::sent).count();
        TestUpstream server = server(provider);
        try {
            server.awaitPosts(sent); // the head of a request that was given up may still be on its way
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertEquals(sent, server.posts(), "POSTs at " + provider + ", reported: " + attempts);
    }
}
