package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A key kept until it is rejected; many threads that see the same rejection load it once. */
final class CachedCredential implements Credential {

    private final Supplier<Secret> loader;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile @Nullable Secret current;

    CachedCredential(Supplier<Secret> loader) {
        this.loader = loader;
    }

    @Override
    public Secret secret(CallContext context) {
        Secret known = current;
        return known != null ? known : load(null);
    }

    @Override
    public boolean renew(Secret rejected) {
        return !load(rejected).equals(rejected);
    }

    private Secret load(@Nullable Secret rejected) {
        loading.lock();
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

    @Override
    public String toString() {
        return "Credential.cached(…)";
    }
}
