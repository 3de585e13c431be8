package dev.llmspi.testkit;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A provider that follows a script with one step per call, and records the requests. Thread-safe; calls take their
 * steps in the order in which they arrive.
 *
 * <pre>{@code
 * ScriptedProvider primary = ScriptedProvider.named("primary").fails(ErrorKind.RESOURCE_EXHAUSTED);
 * ScriptedProvider secondary = ScriptedProvider.named("secondary").answers("hello");
 * // … make one call with a client that has both in a chain …
 * assertEquals(1, primary.calls());
 * assertEquals(1, secondary.calls());
 * }</pre>
 *
 * <p>A call beyond the end of the script fails with an {@link AssertionError}, unless {@link #repeat()} was called.
 */
public final class ScriptedProvider implements LlmProvider {

    private final List<ScriptedStep> script = new CopyOnWriteArrayList<>();
    private final RecordedCalls calls = new RecordedCalls();
    private final Cancellation closing = Cancellation.create();
    private final String name;
    private volatile String type = "scripted";
    private volatile @Nullable String defaultModel = "scripted-model";
    private volatile @Nullable Set<Capability> capabilities;
    private volatile boolean needsModel;
    private volatile boolean initialized;
    private volatile boolean repeat;

    private ScriptedProvider(String name) {
        this.name = name;
    }

    /** Returns a provider instance with the given name, the type {@code scripted} and an empty script. */
    public static ScriptedProvider named(String name) {
        return new ScriptedProvider(Objects.requireNonNull(name, "name"));
    }

    /** Sets the type of this provider. */
    public ScriptedProvider ofType(String typeName) {
        type = Objects.requireNonNull(typeName, "typeName");
        return this;
    }

    /** Sets the default model; null removes it. Default: {@code scripted-model}. */
    public ScriptedProvider withDefaultModel(@Nullable String model) {
        defaultModel = model;
        return this;
    }

    /** Makes this provider require a model in every request, and removes its default model. */
    public ScriptedProvider needingModel() {
        needsModel = true;
        return withDefaultModel(null);
    }

    /** Sets the capabilities of this provider's models. By default, they are unknown. */
    public ScriptedProvider withCapabilities(Capability... known) {
        capabilities = Set.of(known);
        return this;
    }

    /** Adds a step that answers with the text, the finish reason STOP and the name of the requested model. */
    public ScriptedProvider answers(String text) {
        Objects.requireNonNull(text, "text");
        return then((request, context) -> ChatResponse.builder(AssistantMessage.of(text))
                .finishReason(FinishReason.STOP)
                .callId(context.callId())
                .provider(name)
                .model(request.model().orElse(defaultModel))
                .build());
    }

    /** Adds a step that returns the response unchanged. */
    public ScriptedProvider answers(ChatResponse response) {
        Objects.requireNonNull(response, "response");
        return then((request, context) -> response);
    }

    /** Adds a step that throws the error. */
    public ScriptedProvider fails(LlmException error) {
        return throwing(error);
    }

    /** Adds a step that throws an error of the given kind, with the request marked as sent. */
    public ScriptedProvider fails(ErrorKind kind) {
        Objects.requireNonNull(kind, "kind");
        return then((request, context) -> {
            throw LlmException.builder(kind)
                    .message(name + " fails with " + kind.id() + ", as scripted")
                    .callId(context.callId())
                    .provider(name)
                    .model(request.model().orElse(defaultModel))
                    .build();
        });
    }

    /**
     * Adds a step that throws something that a provider should never throw, such as a {@link NullPointerException} or a
     * {@link LinkageError}.
     */
    public ScriptedProvider throwing(Throwable thrown) {
        Objects.requireNonNull(thrown, "thrown");
        return then((request, context) -> {
            throw ScriptedProvider.<RuntimeException>unchecked(thrown);
        });
    }

    /** Adds a step that blocks until the call is cancelled, its thread is interrupted, or this provider is closed. */
    public ScriptedProvider hangs() {
        return then((request, context) -> hang(context.cancellation()));
    }

    /** Adds a step that runs the function on the calling thread. */
    public ScriptedProvider then(BiFunction<ChatRequest, CallContext, ChatResponse> step) {
        return add(ScriptedStep.ofAnswer(Objects.requireNonNull(step, "step")));
    }

    /**
     * Adds a step that streams exactly these events. Without a {@link dev.llmspi.api.ChatStreamEvent.Finish}, the
     * stream counts as truncated and {@link #chat} fails.
     */
    public ScriptedProvider streams(ChatStreamEvent... events) {
        return add(ScriptedStep.ofStream(name, () -> null, events));
    }

    /** Adds a step that streams the texts, followed by the finish reason STOP. */
    public ScriptedProvider streamsText(String... texts) {
        return streams(ScriptedStep.textEvents(texts));
    }

    /** Adds a step that streams the events and then throws the error. */
    public ScriptedProvider streamsThenFails(LlmException error, ChatStreamEvent... events) {
        return add(ScriptedStep.ofStream(
                name,
                () -> {
                    throw error;
                },
                events));
    }

    /** Adds a step that streams the events and then blocks until the call is cancelled. */
    public ScriptedProvider streamsThenHangs(ChatStreamEvent... events) {
        return add(ScriptedStep.ofHangingStream(name, this::hang, events));
    }

    private ScriptedProvider add(ScriptedStep step) {
        script.add(step);
        return this;
    }

    /** Repeats the last step of the script for all further calls. */
    public ScriptedProvider repeat() {
        repeat = true;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public boolean needsModel() {
        return needsModel;
    }

    @Override
    public Optional<String> defaultModel() {
        return Optional.ofNullable(defaultModel);
    }

    @Override
    public Optional<Set<Capability>> capabilities(String model) {
        return Optional.ofNullable(capabilities);
    }

    @Override
    public void initialize() {
        initialized = true;
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        return nextStep(request, context).chat(request, context);
    }

    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        return nextStep(request, context).stream(request, context);
    }

    @Override
    public void close() {
        closing.cancel();
    }

    /** Returns the number of calls so far. */
    public int calls() {
        return calls.count();
    }

    /** Returns the requests in the order in which they arrived. */
    public List<ChatRequest> requests() {
        return calls.requests();
    }

    /** Returns the call contexts, in the same order as the requests. */
    public List<CallContext> contexts() {
        return calls.contexts();
    }

    /** Returns whether {@link #initialize} was called. */
    public boolean initialized() {
        return initialized;
    }

    /** Returns whether {@link #close} was called. */
    public boolean closed() {
        return closing.isCancelled();
    }

    /**
     * Waits, in real time, until this provider has been called the given number of times.
     *
     * @throws AssertionError if that takes more than ten seconds
     */
    public void awaitCalls(int count) throws InterruptedException {
        calls.await(count, this);
    }

    private ScriptedStep nextStep(ChatRequest request, CallContext context) {
        int index = calls.add(request, context);
        int steps = script.size();
        if (index < steps) {
            return script.get(index);
        }
        if (repeat && steps > 0) {
            return script.get(steps - 1);
        }
        throw new AssertionError(this + ": call " + (index + 1) + ", but the script has " + steps
                + " steps; add a step, or end it with repeat()");
    }

    @SuppressWarnings("try") // the registrations are never used, only closed
    private ChatResponse hang(Cancellation cancellation) {
        CountDownLatch ended = new CountDownLatch(1);
        try (Cancellation.Registration ofCall = cancellation.onCancel(ended::countDown);
                Cancellation.Registration ofProvider = closing.onCancel(ended::countDown)) {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new CancellationException(this + ": a hanging call was ended");
    }

    /** Throws any exception, even a checked one, as a provider written in another JVM language can. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Override
    public String toString() {
        return "ScriptedProvider \"" + name + "\"";
    }
}
