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
import dev.llmspi.it.server.Http2Front;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.RecordingListener;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client with both providers and a test server for each, for tests in which a provider fails. The chain consists of
 * OpenRouter and then Portkey, unless the test sets another chain. Waits between attempts last only a few milliseconds.
 * All other settings have their defaults.
 *
 * <p>Closing the bench waits until all calls have ended. It then checks that the number of POST requests at each server
 * equals the number of attempts that were reported as sent to its provider.
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
    /** Records the events of all calls. */
    public final RecordingListener listener = RecordingListener.create();

    private final CallEnds ends = new CallEnds();
    private final List<UnaryOperator<LlmClientBuilder>> wishes = new ArrayList<>();
    private @Nullable Http2Front openrouterFront;
    private @Nullable Http2Front portkeyFront;
    private URI openrouterUrl;
    private URI portkeyUrl;
    private @Nullable LlmClient client;

    private FaultBench(TestUpstream openrouter, TestUpstream portkey) {
        this.openrouter = openrouter;
        this.portkey = portkey;
        if (HttpVersion.current() == HttpVersion.HTTP_2) {
            this.openrouterFront = Http2Front.before(openrouter);
            this.portkeyFront = Http2Front.before(portkey);
            this.openrouterUrl = openrouterFront.url("/api/v1");
            this.portkeyUrl = portkeyFront.url("/v1");
            set("llm.providers.openrouter.tls.trust-store", Http2Front.trustStore());
            set("llm.providers.portkey.tls.trust-store", Http2Front.trustStore());
        } else {
            this.openrouterUrl = openrouter.url("/api/v1");
            this.portkeyUrl = portkey.url("/v1");
        }
    }

    /** Returns a bench whose chain consists of OpenRouter and Portkey. */
    public static FaultBench both() {
        return with(TestUpstream.start(), TestUpstream.start());
    }

    /** Returns a bench with the same chain and the given servers, which are closed together with the bench. */
    public static FaultBench with(TestUpstream openrouter, TestUpstream portkey) {
        return new FaultBench(openrouter, portkey)
                .set("llm.retry.delay", "1ms")
                .set("llm.retry.max-delay", "3ms")
                .chain("openrouter", "portkey");
    }

    /** Returns a bench whose chain consists of one provider. The other provider's server still counts its requests. */
    public static FaultBench alone(String provider) {
        return both().chain(provider);
    }

    /** Sets a configuration key. Must be called before the first call. */
    public FaultBench set(String path, Object value) {
        return with(builder -> builder.set(path, value));
    }

    /** Switches cooldowns off, so that many failing calls in a row still reach their provider. */
    public FaultBench withoutCooldowns() {
        return set("llm.cooldown.authentication", "0s")
                .set("llm.cooldown.exhausted", "0s")
                .set("llm.cooldown.max", "0s")
                .set("llm.retry.budget", 1_000_000); // this is large enough for many failures in a row
    }

    /** Sets the links of the chain. Must be called before the first call. */
    public FaultBench chain(String... providers) {
        return with(builder -> builder.chain("default", providers));
    }

    /** Sets the time source, which is the system's by default. Must be called before the first call. */
    public FaultBench time(TimeSource time) {
        return with(builder -> builder.timeSource(time));
    }

    /** Changes the client builder in any other way. Must be called before the first call. */
    public FaultBench with(UnaryOperator<LlmClientBuilder> wish) {
        if (client != null) {
            throw new IllegalStateException("the client was already built");
        }
        wishes.add(wish);
        return this;
    }

    /** Sets a base URL that replaces the address of the provider's server. Must be called before the first call. */
    public FaultBench baseUrl(String provider, URI url) {
        if (provider.equals("openrouter")) {
            openrouterUrl = url;
        } else {
            portkeyUrl = url;
        }
        return this;
    }

    /** Returns the client. It is built when this method is first called, and closed together with the bench. */
    public synchronized LlmClient client() {
        if (client == null) {
            LlmClientBuilder builder = LlmClient.builder()
                    .listener(listener)
                    .listener(ends)
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

    /** Returns the HTTP/2 server in front of {@link #openrouter}. Only for tests over HTTP/2. */
    public Http2Front front() {
        return Objects.requireNonNull(openrouterFront);
    }

    public TestUpstream server(String provider) {
        return provider.equals("openrouter") ? openrouter : portkey;
    }

    /** Makes one call and waits for its end. */
    public Outcome call(Mode mode) {
        return call(mode, CallOptions.none());
    }

    /** Makes one call with the given options, which must not have a listener, and waits for its end. */
    public Outcome call(Mode mode, CallOptions options) {
        return call(mode, ChatRequest.of("hi"), options);
    }

    /** Makes one call with the given request and options, which must not have a listener, and waits for its end. */
    public Outcome call(Mode mode, ChatRequest request, CallOptions options) {
        LlmClient called = client();
        CallEnds own = new CallEnds();
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
        List<CallFinished> reported = own.await();
        assertEquals(1, reported.size(), "number of reported ends of the call");
        return new Outcome(response, thrown, List.copyOf(texts), reported.get(0).attempts(), took);
    }

    /** Closes the client and compares the POST requests at each server with the reported attempts. */
    @Override
    public void close() {
        try {
            if (client != null) {
                client.close();
                ends.await();
            }
            for (String provider : List.of("openrouter", "portkey")) {
                assertCountsAgree(provider);
            }
        } finally {
            closeFront(openrouterFront);
            closeFront(portkeyFront);
            openrouter.close();
            portkey.close();
        }
    }

    private static void closeFront(@Nullable Http2Front front) {
        if (front != null) {
            front.close();
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
            server.awaitPosts(sent); // the head of an abandoned request can arrive later
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertEquals(sent, server.posts(), "POSTs at " + provider + ", reported: " + attempts);
    }
}
