package dev.llmspi.core;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.core.async.EventPublisher;
import dev.llmspi.core.call.CallStream;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.chain.ChainCall;
import dev.llmspi.core.chain.Plan;
import dev.llmspi.core.chain.PlannedLink;
import dev.llmspi.core.resilience.ProviderHealth;
import dev.llmspi.core.resilience.ResilientProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * Calls language models: over a chain of providers, with retries, fallback and clocks. Safe for use by many threads; make one
 * and keep it.
 *
 * <pre>{@code
 * try (LlmClient client = LlmClient.load()) {
 *     ChatResponse answer = client.chat("Why is the sky blue?");
 *     System.out.println(answer.text() + " (" + answer.provider() + ")");
 * }
 * }</pre>
 *
 * <p><b>Errors</b> of every call: a subclass of {@link dev.llmspi.api.error.LlmException} with all attempts;
 * {@link java.util.concurrent.CancellationException} if the caller cancelled or its thread was interrupted (the flag stays set);
 * {@link dev.llmspi.core.settings.LlmConfigException} if the options name a chain, mode or provider that is not configured;
 * {@link IllegalStateException} once the client is closed.
 */
public final class LlmClient implements AutoCloseable {

    /** What a client and all its views share. */
    private final ClientParts parts;

    private final CallOptions options;
    private final LastPlan lastPlan;

    LlmClient(ClientParts parts, CallOptions options) {
        this.parts = parts;
        this.options = options;
        this.lastPlan = new LastPlan(parts.router());
    }

    /** A client from {@code application.conf} and the environment of the process. */
    public static LlmClient load() {
        return builder().application().environment(System.getenv()).build();
    }

    /** A client from the environment of the process alone. */
    public static LlmClient fromEnvironment() {
        return builder().environment(System.getenv()).build();
    }

    public static LlmClientBuilder builder() {
        return new LlmClientBuilder();
    }

    /** Completes a prompt and gives the text of the answer. */
    public String complete(String prompt) {
        return chat(prompt).text();
    }

    /** Asks with one user message. */
    public ChatResponse chat(String prompt) {
        return chat(ChatRequest.of(prompt));
    }

    public ChatResponse chat(ChatRequest request) {
        return chat(request, CallOptions.none());
    }

    /** Asks and waits for the answer. The options go before those of this view. */
    public ChatResponse chat(ChatRequest request, CallOptions callOptions) {
        return run(request, open(request, callOptions));
    }

    /** {@link #chatAsync(ChatRequest, CallOptions)} without options. */
    public CompletableFuture<ChatResponse> chatAsync(ChatRequest request) {
        return chatAsync(request, CallOptions.none());
    }

    /**
     * Asks without waiting. The call's clocks run from now. Cancelling the future, or completing it in another way, ends the
     * call: the connection is closed and no further attempt begins.
     *
     * @return completes with the answer, or exceptionally as {@link #chat(ChatRequest, CallOptions)} throws;
     *     {@link dev.llmspi.api.error.LlmException#from} unwraps what {@code join} and {@code get} make of it
     */
    public CompletableFuture<ChatResponse> chatAsync(ChatRequest request, CallOptions callOptions) {
        ChainCall call = open(request, callOptions);
        return AsyncCall.start(parts::executor, call, () -> run(request, call));
    }

    public ChatStream stream(ChatRequest request) {
        return stream(request, CallOptions.none());
    }

    /**
     * Asks for the answer as it is written. Returns at once; the call's clocks run from now, the request goes out at the first
     * read, and every error comes out of reading. Until the first content, attempts are repeated and handed on as for
     * {@link #chat(ChatRequest, CallOptions)}; after it never, so no text comes twice.
     *
     * @return to be closed, whether read to its end or not
     */
    public ChatStream stream(ChatRequest request, CallOptions callOptions) {
        return stream(request, open(request, callOptions));
    }

    /** Completes a prompt as it is written. */
    public ChatStream streamCompletion(String prompt) {
        return stream(ChatRequest.of(prompt));
    }

    /**
     * Asks for the answer as it is written, on another thread, and hands its events on from there.
     *
     * @return completes with the whole answer, or exceptionally as reading the stream throws; cancelling it ends the call
     */
    public CompletableFuture<ChatResponse> streamAsync(
            ChatRequest request, CallOptions callOptions, ChatStreamHandler handler) {
        ChainCall call = open(request, callOptions);
        ChatStream stream = stream(request, call);
        return AsyncCall.start(parts::executor, call, () -> stream.forEach(handler));
    }

    /** {@link #publisher(ChatRequest, CallOptions)} without options. */
    public Flow.Publisher<ChatStreamEvent> publisher(ChatRequest request) {
        return publisher(request, CallOptions.none());
    }

    /**
     * The answer as a reactive stream. The call begins when it is subscribed to; events are read as they are asked for, and
     * cancelling the subscription ends the call.
     *
     * @return takes one subscriber; a second gets an IllegalStateException, for it would be billed twice
     */
    public Flow.Publisher<ChatStreamEvent> publisher(ChatRequest request, CallOptions callOptions) {
        lastPlan.plan(callOptions.over(options), request.model()); // names that are not there are refused now
        return new EventPublisher(
                () -> {
                    ChainCall call = open(request, callOptions);
                    return new EventPublisher.Opened(
                            stream(request, call),
                            call.cancellation(),
                            told -> call.whenOverdue(() -> told.accept(call.overdueError())));
                },
                task -> parts.executor().execute(task));
    }

    /** A light view of this client with options of its own, such as one for each agent; shares everything else. */
    public LlmClient with(CallOptions viewOptions) {
        return new LlmClient(parts, viewOptions.over(options));
    }

    /** What a call with these options would do. Makes no call. */
    public Route route(CallOptions callOptions) {
        return route(parts.router().plan(LastPlan.wish(callOptions.over(options)), Optional.empty()));
    }

    /** What a call for this model or alias with these options would do. Makes no call. */
    public Route route(String model, CallOptions callOptions) {
        return route(parts.router().plan(LastPlan.wish(callOptions.over(options)), Optional.of(model)));
    }

    /**
     * The state of every provider, and of every model and account in cooldown. Immutable, and cheap enough for a gauge.
     *
     * @return for each provider: AVAILABLE as long as it answers anybody, and every model and account that is in cooldown
     */
    public List<HealthStatus> health() {
        List<HealthStatus> list = new ArrayList<>();
        for (ResilientProvider provider : parts.registry().usable()) {
            List<ProviderHealth.Entry> cooldowns = provider.admission().cooldowns();
            if (cooldowns.stream().noneMatch(ProviderHealth.Entry::whole)) {
                list.add(HealthStatus.available(provider.name()));
            }
            cooldowns.forEach(entry -> list.add(HealthStatus.of(provider.name(), entry)));
        }
        return List.copyOf(list);
    }

    /**
     * Forgets what is known of the providers' health, cooldowns and spent retry budgets, as if the client had just begun: for a
     * person who knows that an outage is over.
     */
    public void resetHealth() {
        parts.registry().usable().forEach(provider -> provider.admission().reset());
    }

    /**
     * {@link #resetHealth()} for one provider.
     *
     * @throws dev.llmspi.core.settings.LlmConfigException if there is no usable provider of that name
     */
    public void resetHealth(String provider) {
        parts.registry().resilient(provider).admission().reset();
    }

    /** The providers. A provider taken from here by name has its retries, but no fallback. */
    public LlmProviderRegistry registry() {
        return parts.registry();
    }

    /**
     * Refuses new calls, lets those under way go on for a while, then ends them as cancelled and lets go of everything this
     * client made. All views end with it.
     *
     * @param drain how long calls under way may go on
     * @return whether all of them came to their own end
     */
    public boolean shutdown(Duration drain) {
        return parts.shutdown(drain);
    }

    /** {@link #shutdown} without waiting: calls under way end as cancelled. Idempotent. */
    @Override
    public void close() {
        shutdown(Duration.ZERO);
    }

    private ChainCall open(ChatRequest request, CallOptions callOptions) {
        parts.enter();
        try {
            CallOptions all = callOptions.over(options);
            Plan plan = lastPlan.plan(all, request.model());
            Engine engine = parts.engine();
            CallInfo info = new CallInfo(
                    Engine.newCallId(),
                    all.requestId(),
                    all.agent(),
                    all.tags(),
                    plan.chain(),
                    plan.requestedModel(),
                    engine.time().now());
            return new ChainCall(
                    engine,
                    info,
                    all.headers(),
                    all.cancellation().orElse(null),
                    all.listener().orElse(null),
                    plan);
        } catch (RuntimeException e) {
            parts.leave();
            throw e;
        }
    }

    private ChatResponse run(ChatRequest request, ChainCall call) {
        return call.run(parts.entry(), request, parts.leaving());
    }

    private ChatStream stream(ChatRequest request, ChainCall call) {
        return CallStream.of(call, () -> parts.entry().stream(request, call), parts.leaving());
    }

    private static Route route(Plan plan) {
        List<RouteLink> links = new ArrayList<>();
        for (PlannedLink link : plan.links()) {
            LlmProvider provider = link.provider();
            String problem = link.problem();
            links.add(new RouteLink(
                    link.name(),
                    provider == null ? link.name() : provider.type(),
                    link.model(),
                    link.why(),
                    problem == null,
                    problem == null ? "" : problem));
        }
        return new Route(plan.chain(), links);
    }
}
