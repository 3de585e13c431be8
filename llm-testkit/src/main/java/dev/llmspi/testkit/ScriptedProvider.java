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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A provider that answers and fails by a script, one step for each call, and keeps what it was asked. Safe for use by many
 * threads; calls take their steps in the order they arrive.
 *
 * <pre>{@code
 * ScriptedProvider primary = ScriptedProvider.named("primary").fails(ErrorKind.RESOURCE_EXHAUSTED);
 * ScriptedProvider secondary = ScriptedProvider.named("secondary").answers("hello");
 * // … a client with both in a chain is asked once …
 * assertEquals(1, primary.calls());
 * assertEquals(1, secondary.calls());
 * }</pre>
 *
 * <p>A call beyond the end of the script fails with an {@link AssertionError} that says so, unless {@link #repeat()} was
 * called.
 */
public final class ScriptedProvider implements LlmProvider {

    private record Call(ChatRequest request, CallContext context) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition called = lock.newCondition();
    private final List<ScriptedStep> script = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final Cancellation closing = Cancellation.create();
    private final String name;
    private volatile String type = "scripted";
    private volatile @Nullable String defaultModel = "scripted-model";
    private volatile @Nullable Set<Capability> capabilities;
    private volatile boolean initialized;
    private volatile boolean repeat;

    private ScriptedProvider(String name) {
        this.name = name;
    }

    /** A provider instance of the given name, of type {@code scripted}, with an empty script. */
    public static ScriptedProvider named(String name) {
        return new ScriptedProvider(Objects.requireNonNull(name, "name"));
    }

    /** Makes it look like a provider of another type. */
    public ScriptedProvider ofType(String typeName) {
        type = Objects.requireNonNull(typeName, "typeName");
        return this;
    }

    /** The model used where nothing names one; null: none. Default: {@code scripted-model}. */
    public ScriptedProvider withDefaultModel(@Nullable String model) {
        defaultModel = model;
        return this;
    }

    /** What its models can do. Default: unknown. */
    public ScriptedProvider withCapabilities(Capability... known) {
        capabilities = Set.of(known);
        return this;
    }

    /** Next step: answers with the text, finish reason STOP and the model that was asked for. */
    public ScriptedProvider answers(String text) {
        Objects.requireNonNull(text, "text");
        return then((request, context) -> ChatResponse.builder(AssistantMessage.of(text))
                .finishReason(FinishReason.STOP)
                .callId(context.callId())
                .provider(name)
                .model(request.model().orElse(defaultModel))
                .build());
    }

    /** Next step: answers with the response as it is. */
    public ScriptedProvider answers(ChatResponse response) {
        Objects.requireNonNull(response, "response");
        return then((request, context) -> response);
    }

    /** Next step: throws the error. */
    public ScriptedProvider fails(LlmException error) {
        return throwing(error);
    }

    /** Next step: throws an error of the kind, as a provider that was reached would. */
    public ScriptedProvider fails(ErrorKind kind) {
        Objects.requireNonNull(kind, "kind");
        return then((request, context) -> {
            throw LlmException.builder(kind)
                    .message(name + " fails with " + kind.id() + ", as the script says")
                    .callId(context.callId())
                    .provider(name)
                    .model(request.model().orElse(defaultModel))
                    .build();
        });
    }

    /** Next step: throws what no provider should, such as a {@link NullPointerException} or a {@link LinkageError}. */
    public ScriptedProvider throwing(Throwable thrown) {
        Objects.requireNonNull(thrown, "thrown");
        return then((request, context) -> {
            throw ScriptedProvider.<RuntimeException>unchecked(thrown);
        });
    }

    /** Next step: blocks until the call is cancelled, its thread is interrupted, or this provider is closed. */
    public ScriptedProvider hangs() {
        return then((request, context) -> hang(context.cancellation()));
    }

    /** Next step: does what the function does. It runs on the calling thread. */
    public ScriptedProvider then(BiFunction<ChatRequest, CallContext, ChatResponse> step) {
        return add(ScriptedStep.ofAnswer(Objects.requireNonNull(step, "step")));
    }

    /**
     * Next step: streams the events as they are, and ends where they end: without a
     * {@link dev.llmspi.api.ChatStreamEvent.Finish} that is a cut stream. Asked for a whole answer, it is an error.
     */
    public ScriptedProvider streams(ChatStreamEvent... events) {
        return add(ScriptedStep.ofStream(name, () -> null, events));
    }

    /** Next step: streams the texts, then finishes with STOP. */
    public ScriptedProvider streamsText(String... texts) {
        return streams(ScriptedStep.textEvents(texts));
    }

    /** Next step: streams the events, then throws. */
    public ScriptedProvider streamsThenFails(LlmException error, ChatStreamEvent... events) {
        return add(ScriptedStep.ofStream(
                name,
                () -> {
                    throw error;
                },
                events));
    }

    /** Next step: streams the events, then is silent until the call is cancelled. */
    public ScriptedProvider streamsThenHangs(ChatStreamEvent... events) {
        return add(ScriptedStep.ofHangingStream(name, this::hang, events));
    }

    private ScriptedProvider add(ScriptedStep step) {
        lock.lock();
        try {
            script.add(step);
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** The last step of the script is repeated for all further calls. */
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

    /** How often this provider was called. */
    public int calls() {
        lock.lock();
        try {
            return calls.size();
        } finally {
            lock.unlock();
        }
    }

    /** The requests, in the order they came. */
    public List<ChatRequest> requests() {
        lock.lock();
        try {
            return calls.stream().map(Call::request).toList();
        } finally {
            lock.unlock();
        }
    }

    /** The contexts that came with the requests. */
    public List<CallContext> contexts() {
        lock.lock();
        try {
            return calls.stream().map(Call::context).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #initialize} was called. */
    public boolean initialized() {
        return initialized;
    }

    /** Whether {@link #close} was called. */
    public boolean closed() {
        return closing.isCancelled();
    }

    /**
     * Waits, in real time, until this provider has been called that often.
     *
     * @throws AssertionError if it has not within ten seconds
     */
    public void awaitCalls(int count) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = Patience.NANOS;
            while (calls.size() < count) {
                if (left <= 0) {
                    throw new AssertionError(
                            this + ": " + calls.size() + " of " + count + " calls after " + Patience.TEXT);
                }
                left = called.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private ScriptedStep nextStep(ChatRequest request, CallContext context) {
        lock.lock();
        try {
            calls.add(new Call(request, context));
            called.signalAll();
            int index = calls.size() - 1;
            if (index < script.size()) {
                return script.get(index);
            }
            if (repeat && !script.isEmpty()) {
                return script.get(script.size() - 1);
            }
            throw new AssertionError(this + ": call " + calls.size() + ", but the script has " + script.size()
                    + " steps; add a step, or end it with repeat()");
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("try") // the registrations are closed, never read
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

    /** A script may throw anything, checked exceptions included, as a provider written in another language might. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Override
    public String toString() {
        return "ScriptedProvider \"" + name + "\"";
    }
}
