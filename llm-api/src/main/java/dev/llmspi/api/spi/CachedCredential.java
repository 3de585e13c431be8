package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A key kept until it is rejected; many threads that see the same rejection load it once. It is loaded on a thread of its own,
 * so that a source that hangs holds up no call longer than its clocks allow.
 */
final class CachedCredential implements Credential {

    private final Supplier<Secret> loader;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Secret current;
    private @Nullable CompletableFuture<Secret> loading;

    CachedCredential(Supplier<Secret> loader) {
        this.loader = loader;
    }

    @Override
    public Secret secret(CallContext context) {
        Secret known = current;
        return known != null ? known : await(load(null), context.cancellation());
    }

    @Override
    public boolean renew(Secret rejected) {
        return renewed(rejected, Cancellation.create());
    }

    @Override
    public boolean renew(Secret rejected, CallContext context) {
        return renewed(rejected, context.cancellation());
    }

    private boolean renewed(Secret rejected, Cancellation cancellation) {
        return !await(load(rejected), cancellation).equals(rejected);
    }

    /** The load under way, or the key that is there already, unless it is the one that was rejected. */
    private CompletableFuture<Secret> load(@Nullable Secret rejected) {
        lock.lock();
        try {
            Secret known = current;
            if (known != null && !known.equals(rejected)) {
                return CompletableFuture.completedFuture(known);
            }
            CompletableFuture<Secret> begun = loading;
            if (begun == null) {
                loading = begun = new CompletableFuture<>();
                Thread thread = new Thread(this::load, "llmspi-key");
                thread.setDaemon(true);
                thread.start();
            }
            return begun;
        } finally {
            lock.unlock();
        }
    }

    private void load() {
        Secret loaded = null;
        Throwable failure = null;
        try {
            loaded = Objects.requireNonNull(loader.get(), "the loader gave null");
        } catch (Throwable e) {
            failure = e; // whoever waits throws it
        }
        CompletableFuture<Secret> ended;
        lock.lock();
        try {
            current = loaded == null ? current : loaded;
            ended = Objects.requireNonNull(loading);
            loading = null;
        } finally {
            lock.unlock();
        }
        if (failure == null) {
            ended.complete(loaded);
        } else {
            ended.completeExceptionally(failure);
        }
    }

    @SuppressWarnings("try") // the registration is closed, never read
    private static Secret await(CompletableFuture<Secret> load, Cancellation cancellation) {
        // What is waited for here is this caller's own: others go on waiting.
        CompletableFuture<Secret> own = load.copy();
        try (Cancellation.Registration registration = cancellation.onCancel(() -> own.cancel(false))) {
            return own.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a key");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the key could not be loaded", e.getCause());
        }
    }

    @Override
    public String toString() {
        return "Credential.cached(…)";
    }
}
