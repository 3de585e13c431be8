package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A key kept until it is rejected; many threads that see the same rejection load it once. */
final class CachedCredential implements Credential {

    private static final long LOOK_MILLIS = 50;

    private final Supplier<Secret> loader;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile @Nullable Secret current;

    CachedCredential(Supplier<Secret> loader) {
        this.loader = loader;
    }

    @Override
    public Secret secret(CallContext context) {
        Secret known = current;
        return known != null ? known : load(null, context.cancellation());
    }

    @Override
    public boolean renew(Secret rejected) {
        return !load(rejected, Cancellation.create()).equals(rejected);
    }

    private Secret load(@Nullable Secret rejected, Cancellation cancellation) {
        await(cancellation);
        try {
            Secret known = current;
            if (known != null && !known.equals(rejected)) {
                return known;
            }
            Secret loaded = loader.get();
            current = loaded;
            return loaded;
        } finally {
            loading.unlock();
        }
    }

    /** Waits for another thread's loading, unless the call is ended meanwhile. */
    private void await(Cancellation cancellation) {
        try {
            while (!loading.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                cancellation.throwIfCancelled();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a key");
        }
    }

    @Override
    public String toString() {
        return "Credential.cached(…)";
    }
}
