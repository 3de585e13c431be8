package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches a key until it is rejected. If several threads see the same rejection, the key is loaded only once. A separate
 * thread loads it, so that a call waits for an unresponsive source no longer than the call's timeouts allow.
 */
final class CachedCredential implements Credential {

    private final Supplier<Secret> loader;
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Secret current;
    /** Guarded by the lock. */
    private @Nullable CompletableFuture<Secret> loading;
    /** Guarded by the lock. The thread that loads the key. */
    private @Nullable Thread thread;

    /** @param name names the source in errors */
    CachedCredential(Supplier<Secret> loader, String name) {
        this.loader = loader;
        this.name = name;
    }

    @Override
    public Secret secret(CallContext context) {
        Secret known = current;
        return known != null ? known : await(load(null), context);
    }

    @Override
    public boolean renew(Secret rejected) {
        return renew(rejected, CallContext.create());
    }

    @Override
    public boolean renew(Secret rejected, CallContext context) {
        return !await(load(rejected), context).equals(rejected);
    }

    @Override
    public Optional<Secret> known() {
        return Optional.ofNullable(current);
    }

    /**
     * Returns the cached key unless it was rejected. Otherwise, returns the load in progress, and starts one if there
     * is none.
     *
     * @throws OutOfMemoryError if the process cannot have another thread now
     */
    private CompletableFuture<Secret> load(@Nullable Secret rejected) {
        lock.lock();
        try {
            Secret known = current;
            if (known != null && !known.equals(rejected)) {
                return CompletableFuture.completedFuture(known);
            }
            if (loading != null && thread != null && thread.isAlive()) {
                return loading;
            }
            // If an error ended the thread of a load, the new load completes the same future.
            CompletableFuture<Secret> load = loading != null ? loading : new CompletableFuture<>();
            Thread loads = new Thread(() -> loadInto(load), "llmspi-key");
            loads.setDaemon(true);
            loads.start();
            loading = load;
            thread = loads;
            return load;
        } finally {
            lock.unlock();
        }
    }

    private void loadInto(CompletableFuture<Secret> ended) {
        Secret loaded = null;
        Throwable failure = null;
        try {
            loaded = Objects.requireNonNull(loader.get(), "the loader returned null");
        } catch (Throwable e) {
            failure = e; // The error is passed on to the callers that wait for the key.
        }
        lock.lock();
        try {
            current = loaded == null ? current : loaded;
            loading = null;
            thread = null;
        } finally {
            lock.unlock();
        }
        if (failure == null) {
            ended.complete(loaded);
        } else {
            ended.completeExceptionally(failure);
        }
    }

    private Secret await(CompletableFuture<Secret> load, CallContext context) {
        try {
            // Each caller waits on its own copy, because a cancellation must not affect the other waiting callers.
            return GuardedCredential.await(load.copy(), context, name);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CredentialException thrown) {
                throw thrown;
            }
            throw new IllegalStateException("the key could not be loaded", e.getCause());
        }
    }

    @Override
    public String toString() {
        return "Credential.cached(…)";
    }
}
