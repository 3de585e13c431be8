package dev.llmspi.core;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.async.AsyncCall;
import dev.llmspi.core.async.EventPublisher;
import dev.llmspi.core.call.ActiveCall;
import dev.llmspi.core.call.ActiveCalls;
import dev.llmspi.core.call.CallStream;
import dev.llmspi.core.routing.Router;
import dev.llmspi.core.runtime.ClientRuntime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;

/**
 * A resilient client for language models. A call goes to a chain of providers, with retries, fallback and timeouts.
 * Thread-safe. Create one client and reuse it, because it holds open connections and tracks the health of the
 * providers.
 *
 * <pre>{@code
 * try (LlmClient client = LlmClient.load()) {
 *     ChatResponse answer = client.chat("Why is the sky blue?");
 *     System.out.println(answer.text() + " (" + answer.provider() + ")");
 * }
 * }</pre>
 *
 * <p>Every call can end with one of these <b>errors</b>:
 *
 * <ul>
 *   <li>a subclass of {@link dev.llmspi.api.error.LlmException}, which lists all attempts, if no provider answered;
 *   <li>{@link java.util.concurrent.CancellationException} if the caller cancelled the call or its thread was
 *       interrupted, in which case the interrupt flag stays set;
 *   <li>{@link dev.llmspi.core.settings.LlmConfigException} if the options name a chain, mode or provider that does not
 *       exist;
 *   <li>{@link IllegalStateException} if the client is closed.
 * </ul>
 */
public final class LlmClient implements AutoCloseable {

    private final ClientRuntime runtime;
    private final ActiveCalls calls;
    private final LlmProviderRegistry registry;
    private final Router router;
    /** The chain, wrapped in the call decorators. */
    private final LlmProvider entry;

    private final CallOptions options;
    private final boolean isView;
    private final Router.Memo routes;

    LlmClient(
            ClientRuntime runtime, ActiveCalls calls, LlmProviderRegistry registry, Router router, LlmProvider entry) {
        this.runtime = runtime;
        this.calls = calls;
        this.registry = registry;
        this.router = router;
        this.entry = entry;
        this.options = CallOptions.none();
        this.isView = false;
        this.routes = new Router.Memo(router);
    }

    private LlmClient(LlmClient client, CallOptions options) {
        this.runtime = client.runtime;
        this.calls = client.calls;
        this.registry = client.registry;
        this.router = client.router;
        this.entry = client.entry;
        this.options = options;
        this.isView = true;
        this.routes = new Router.Memo(router);
    }

    /** Creates a client from {@code application.conf}, system properties and the environment of the process. */
    public static LlmClient load() {
        return builder().application().environment(System.getenv()).build();
    }

    /** Creates a client from the environment of the process only. */
    public static LlmClient fromEnvironment() {
        return builder().environment(System.getenv()).build();
    }

    /** Returns a builder without settings. */
    public static LlmClientBuilder builder() {
        return new LlmClientBuilder();
    }

    /** Sends one user message and returns the text of the answer. */
    public String complete(String prompt) {
        return chat(prompt).text();
    }

    /** Sends one user message and waits for the answer. */
    public ChatResponse chat(String prompt) {
        return chat(ChatRequest.of(prompt));
    }

    /** Sends a request and waits for the answer. */
    public ChatResponse chat(ChatRequest request) {
        return chat(request, CallOptions.none());
    }

    /**
     * Sends a request and waits for the answer.
     *
     * @param callOptions the options of this call, which override the options of this view
     */
    public ChatResponse chat(ChatRequest request, CallOptions callOptions) {
        return run(open(request, callOptions), request);
    }

    /** Sends one user message without waiting. The returned future completes with the text of the answer. */
    public CompletableFuture<String> completeAsync(String prompt) {
        return async(ChatRequest.of(prompt), CallOptions.none(), (call, request) -> run(call, request)
                .text());
    }

    /** Sends a request without options, like {@link #chatAsync(ChatRequest, CallOptions)}. */
    public CompletableFuture<ChatResponse> chatAsync(ChatRequest request) {
        return chatAsync(request, CallOptions.none());
    }

    /**
     * Sends a request without waiting for the answer. The timeouts of the call start immediately. If the caller cancels
     * the future or completes it, the call ends: its connection is closed and no further attempt starts.
     *
     * @return a future that completes with the answer, or with an error that {@link #chat(ChatRequest, CallOptions)}
     *     would throw; {@link dev.llmspi.api.error.LlmException#from} unwraps the exceptions of {@code join} and
     *     {@code get}
     */
    public CompletableFuture<ChatResponse> chatAsync(ChatRequest request, CallOptions callOptions) {
        return async(request, callOptions, this::run);
    }

    /** Streams the answer to a request without options, like {@link #stream(ChatRequest, CallOptions)}. */
    public ChatStream stream(ChatRequest request) {
        return stream(request, CallOptions.none());
    }

    /**
     * Streams the answer to a request. Returns immediately. The timeouts of the call start now, but the request is sent
     * by the first read, and every error is thrown by a read. Retries and fallback work as for
     * {@link #chat(ChatRequest, CallOptions)} until the first content arrives. After that, there are no more attempts,
     * so that no text arrives twice.
     *
     * @return the stream, which the caller must close, even after reading it to the end
     */
    public ChatStream stream(ChatRequest request, CallOptions callOptions) {
        try {
            return stream(open(request, callOptions), request);
        } catch (LlmException e) {
            return CallStream.failed(e);
        }
    }

    /** Sends one user message and streams the answer. */
    public ChatStream streamCompletion(String prompt) {
        return stream(ChatRequest.of(prompt));
    }

    /**
     * Streams the answer to a request on another thread, which passes the events to a handler.
     *
     * @return a future that completes with the whole answer, or with an error that reading the stream would throw;
     *     cancelling it ends the call
     */
    public CompletableFuture<ChatResponse> streamAsync(
            ChatRequest request, CallOptions callOptions, ChatStreamHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return async(request, callOptions, (call, sent) -> stream(call, sent).forEach(handler));
    }

    /** Publishes the answer to a request without options, like {@link #publisher(ChatRequest, CallOptions)}. */
    public Flow.Publisher<ChatStreamEvent> publisher(ChatRequest request) {
        return publisher(request, CallOptions.none());
    }

    /**
     * Publishes the answer to a request as a reactive stream. The call starts with the subscription. Events are read as
     * the subscriber requests them, and cancelling the subscription ends the call.
     *
     * @return a publisher for one subscriber; a second one receives an IllegalStateException, because its answer would
     *     be billed again
     */
    public Flow.Publisher<ChatStreamEvent> publisher(ChatRequest request, CallOptions callOptions) {
        routes.resolve(callOptions.over(options).criteria(), request.model()); // reports unknown names early
        return new EventPublisher(() -> open(request, callOptions), call -> stream(call, request), runtime::execute);
    }

    /** Returns a view of this client that has its own options and shares everything else. Closing it has no effect. */
    public LlmClient with(CallOptions viewOptions) {
        return new LlmClient(this, viewOptions.over(options));
    }

    /** Returns the route that a call with these options would take. Sends no request. */
    public Route route(CallOptions callOptions) {
        return Route.of(router.resolve(callOptions.over(options).criteria(), Optional.empty()));
    }

    /** Returns the route that a call with these options for this model or alias would take. Sends no request. */
    public Route route(String model, CallOptions callOptions) {
        return Route.of(router.resolve(callOptions.over(options).criteria(), Optional.of(model)));
    }

    /**
     * Returns the health of all providers. This is fast enough for a metrics gauge.
     *
     * @return an immutable list that contains each provider that is AVAILABLE for at least some calls, and each
     *     cooldown of a provider, model or account
     */
    public List<HealthStatus> health() {
        return registry.targets().stream()
                .flatMap(provider -> HealthStatus.of(provider).stream())
                .toList();
    }

    /** Ends all cooldowns and refills all retry budgets, as if the client had just started. Use it after an outage. */
    public void resetHealth() {
        registry.targets().forEach(provider -> provider.health().reset());
    }

    /**
     * Ends the cooldowns and refills the retry budget of one provider.
     *
     * @throws dev.llmspi.core.settings.LlmConfigException if there is no usable provider with this name
     */
    public void resetHealth(String provider) {
        registry.target(provider).health().reset();
    }

    /** The registry of providers. Calls to a provider from this registry have retries, but no fallback. */
    public LlmProviderRegistry registry() {
        return registry;
    }

    /**
     * Refuses new calls, waits for running calls, cancels those that are still running, and releases all resources of
     * the client. All views stop working too. On a view, this method shuts down the whole client.
     *
     * @param drain the longest time to wait for running calls
     * @return whether all running calls ended without being cancelled
     */
    public boolean shutdown(Duration drain) {
        return runtime.shutdown(drain);
    }

    /** Shuts down the client without waiting for running calls. Idempotent. Has no effect on a view. */
    @Override
    public void close() {
        if (!isView) {
            shutdown(Duration.ZERO);
        }
    }

    private ActiveCall open(ChatRequest request, CallOptions callOptions) {
        runtime.callBegins(false);
        try {
            CallOptions all = callOptions.over(options);
            return calls.open(
                    routes.resolve(all.criteria(), request.model()),
                    all.requestId(),
                    all.agent(),
                    all.tags(),
                    all.headers(),
                    all.cancellation().orElse(null),
                    all.listener().orElse(null));
        } catch (Throwable e) {
            runtime.callEnded();
            throw e;
        }
    }

    private <T> CompletableFuture<T> async(
            ChatRequest request, CallOptions callOptions, BiFunction<ActiveCall, ChatRequest, T> work) {
        return AsyncCall.start(runtime::execute, () -> open(request, callOptions), call -> work.apply(call, request));
    }

    private ChatResponse run(ActiveCall call, ChatRequest request) {
        return call.run(context -> entry.chat(request, context));
    }

    private ChatStream stream(ActiveCall call, ChatRequest request) {
        return CallStream.of(call, entry, request);
    }
}
