package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A source of an API key. It is asked once for every attempt, so the key may change while the program runs.
 * Implementations must be thread-safe. If a credential throws an exception, the attempt fails with an authentication
 * error before anything is sent, and no cooldown begins. The error contains the message of a
 * {@link CredentialException}, but not that of another exception.
 *
 * <p>A credential from a configuration block or from {@link #file} is asked on a daemon thread with the prefix
 * {@code llmspi-key}, so thread-local values of the caller are not available: use the context instead. The
 * thread has the context class loader of the thread that asks. A call waits for the answer no longer than its timeouts
 * and its cancellation allow; then the thread is interrupted. Each credential has at most 64 such threads. While all
 * of them are busy, further calls wait for one, and the error of a call that got none says so. If the process cannot
 * have another thread, the attempt fails with a service error that may be retried.
 */
public interface Credential {

    /**
     * Returns the key for this attempt. This method should be quick, because the time it takes counts towards the
     * attempt's timeouts. Use {@link #cached} for a source that is slow.
     *
     * @throws CredentialException if there is no key; its message is shown to the caller
     */
    Secret secret(CallContext context);

    /**
     * Returns the key that {@link #secret} would probably return, if it is known without asking the source. The client
     * uses it to estimate whether a later link of a chain is in cooldown. This method must not block. Default: empty.
     */
    default Optional<Secret> known() {
        return Optional.empty();
    }

    /**
     * Called once after the provider rejected a key with status 401.
     *
     * @param rejected the rejected key; another thread may already have renewed it
     * @return whether {@link #secret} now returns another key; if so, the client makes one more attempt immediately
     */
    default boolean renew(Secret rejected) {
        return false;
    }

    /**
     * Renews a rejected key like {@link #renew(Secret)}, which the default implementation calls. Override this method
     * if renewing a key takes time and must stop when the call ends.
     *
     * @param context the context of the call whose key was rejected
     */
    default boolean renew(Secret rejected, CallContext context) {
        return renew(rejected);
    }

    /** Returns a credential with a fixed key. */
    static Credential of(Secret secret) {
        return new FixedCredential(secret);
    }

    /** Returns a credential with a fixed key that is given as a string; see {@link Secret#of}. */
    static Credential of(String key) {
        return of(Secret.of(key));
    }

    /**
     * Returns a credential that reads its key from a file of at most 64 KiB, and reads the file again when it changes.
     * A symbolic link is followed. The file need not exist before the first call. While the file is missing, empty or
     * unreadable, the last key that was read goes on, and a warning is logged once.
     *
     * <p>A pipe or a device is read once and to its end, and again when its key is rejected.
     */
    static Credential file(Path path) {
        return new GuardedCredential(new FileCredential(path), FileCredential.name(path));
    }

    /**
     * Returns a credential for slow sources, such as a token server or a vault. The key is loaded when it is first
     * used, and cached until it is rejected. A call waits for the key no longer than the call's timeouts allow, and the
     * load continues so that later calls can use the key.
     *
     * @param loader loads the key. It runs on a daemon thread, one load at a time, and should have its own timeout. If
     *     it throws an exception, the waiting calls fail, and the next call loads the key again
     */
    static Credential cached(Supplier<Secret> loader) {
        Objects.requireNonNull(loader, "loader");
        return new CachedCredential(loader, "the key loader (" + GuardedCredential.name(loader) + ")");
    }
}
