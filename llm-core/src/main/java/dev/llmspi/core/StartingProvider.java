package dev.llmspi.core;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.core.call.AttemptScope;
import dev.llmspi.core.settings.ProviderSettings;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a provider that took too long to start, from the client's start on. A call waits for it within its clocks, unless
 * another provider can be asked at once. Safe for use by many threads.
 */
final class StartingProvider implements LlmProvider {

    private final ProviderSettings block;
    private final CompletableFuture<ProviderStart.End> end;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    StartingProvider(ProviderSettings block, CompletableFuture<ProviderStart.End> end) {
        this.block = block;
        this.end = end;
        CompletableFuture<Void> unused = end.thenRun(this::wake);
    }

    @Override
    public String name() {
        return block.name();
    }

    @Override
    public String type() {
        return block.type();
    }

    @Override
    public Optional<URI> endpoint() {
        LlmProvider started = started();
        return started == null ? Optional.empty() : started.endpoint();
    }

    @Override
    public Optional<Set<Capability>> capabilities(String model) {
        LlmProvider started = started();
        return started == null ? Optional.empty() : started.capabilities(model);
    }

    @Override
    public Optional<String> defaultModel() {
        LlmProvider started = started();
        return started == null ? Optional.empty() : started.defaultModel();
    }

    @Override
    public <T> Optional<T> as(Class<T> type) {
        LlmProvider started = started();
        return started == null ? Optional.empty() : started.as(type);
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        return await(context).chat(request, context);
    }

    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        return await(context).stream(request, context);
    }

    /** The provider if it is there; null before, and if it cannot be used. */
    private @Nullable LlmProvider started() {
        ProviderStart.End ended = end.getNow(null);
        return ended == null ? null : ended.usable();
    }

    private LlmProvider await(CallContext context) {
        boolean goOn = context instanceof AttemptScope attempt && attempt.anotherLeft();
        ProviderStart.End ended = goOn ? end.getNow(null) : awaitEnd(context.cancellation());
        LlmProvider started = ended == null ? null : ended.usable();
        if (started == null) {
            throw LlmServiceException.builder()
                    .message("the provider " + (ended == null ? "is still starting" : ended.why()))
                    .provider(name())
                    .reason(ErrorReason.PROVIDER_FAULT)
                    .retryHere(false)
                    .requestSent(false)
                    .build();
        }
        return started;
    }

    /** How the start ended; null if the call ended first. */
    @SuppressWarnings("try") // the registration is closed, never read
    private ProviderStart.@Nullable End awaitEnd(Cancellation ofCall) {
        try (Cancellation.Registration registration = ofCall.onCancel(this::wake)) {
            lock.lockInterruptibly();
            try {
                while (!end.isDone() && !ofCall.isCancelled()) {
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return end.getNow(null);
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the provider as soon as it is there. */
    @Override
    public void close() {
        CompletableFuture<Void> unused = end.thenAccept(ended -> {
            LlmProvider usable = ended.usable();
            if (usable != null) {
                ProviderMaker.closeQuietly(usable);
            }
        });
    }
}
