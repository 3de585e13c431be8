package dev.llmspi.core.discovery;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.core.settings.ProviderSettings;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A placeholder for a provider that is slow to start. A call waits for the provider within the timeouts of the call,
 * unless it can fall back to another provider. Thread-safe.
 */
public final class StartingProvider implements LlmProvider {

    private final ProviderSettings block;
    private final CompletableFuture<ProviderStart.End> end;
    private final Predicate<CallContext> canFallBack;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** @param canFallBack tests whether a call can use another provider instead of waiting */
    StartingProvider(
            ProviderSettings block, CompletableFuture<ProviderStart.End> end, Predicate<CallContext> canFallBack) {
        this.canFallBack = canFallBack;
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
    public boolean needsModel() {
        LlmProvider started = started();
        return started != null && started.needsModel();
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

    /** Returns the provider, or null if it has not started yet or cannot be used. */
    private @Nullable LlmProvider started() {
        ProviderStart.End ended = end.getNow(null);
        return ended == null ? null : ended.usable();
    }

    private LlmProvider await(CallContext context) {
        ProviderStart.End ended = canFallBack.test(context) ? end.getNow(null) : awaitEnd(context.cancellation());
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

    /** Waits until the start has ended. Returns null if the call is cancelled or interrupted first. */
    @SuppressWarnings("try") // the registration is declared only to be closed
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

    /** Closes the provider as soon as it has started. */
    @Override
    public void close() {
        CompletableFuture<Void> unused = end.thenAccept(ended -> {
            LlmProvider usable = ended.usable();
            if (usable != null) {
                ProviderStarter.closeQuietly(usable);
            }
        });
    }
}
