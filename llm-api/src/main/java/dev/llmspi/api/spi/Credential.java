package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Where a key comes from. Asked before every attempt, so a key may change while the program runs. Safe for use by many
 * threads. An exception thrown here fails the attempt as an authentication error before anything is sent.
 */
public interface Credential {

    /** The key to use for this attempt. Quick as a rule; a slow one counts into the attempt's time. */
    Secret secret(CallContext context);

    /**
     * Called once after the provider rejected a key (401).
     *
     * @param rejected the key that was refused; another thread may have renewed it already
     * @return whether {@link #secret} has another one now: then one more attempt is made at once
     */
    default boolean renew(Secret rejected) {
        return false;
    }

    /**
     * As {@link #renew(Secret)}, which this calls by default; for one that takes its time, and so ends when the call does.
     *
     * @param context the call whose key was refused
     */
    default boolean renew(Secret rejected, CallContext context) {
        return renew(rejected);
    }

    /** A key that never changes. */
    static Credential of(Secret secret) {
        return new FixedCredential(secret);
    }

    /** {@link #of(Secret)} of a text. */
    static Credential of(String key) {
        return of(Secret.of(key));
    }

    /** A key in a file, read again when the file changes. The file need not exist before the first call. */
    static Credential file(Path path) {
        return new FileCredential(path);
    }

    /**
     * A key from somewhere slow, such as a token server or a vault: loaded at the first use and kept until it is rejected. A call
     * waits for it no longer than its clocks allow; the load goes on, for the calls that follow.
     *
     * @param loader called by one thread at a time, a daemon of its own; should have a time limit of its own. What it throws fails
     *     the calls that wait, and the next one loads anew
     */
    static Credential cached(Supplier<Secret> loader) {
        return new CachedCredential(Objects.requireNonNull(loader, "loader"));
    }
}
