package dev.llmspi.core.health;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Limits the retries at one provider, so that they do not make an outage worse. Each retry takes a token, and each
 * success returns one. Without tokens there are no retries, but calls still make their first attempt. It is shared by
 * all calls to a provider. Safe for use by many threads.
 */
public final class RetryBudget {

    private static final Logger LOG = System.getLogger("dev.llmspi.health");

    private final String provider;
    private final int capacity;
    /** Written only while holding the lock of this object. */
    private volatile int tokens;
    /** Guarded by this. Whether the warning about the empty budget was logged. */
    private boolean reported;

    public RetryBudget(String provider, int tokens) {
        this.provider = provider;
        this.capacity = tokens;
        this.tokens = tokens;
    }

    /** Takes a token for a retry. Returns false if no token is left. */
    public synchronized boolean take() {
        if (tokens > 0) {
            tokens--;
            return true;
        }
        if (!reported && capacity > 0) {
            reported = true;
            LOG.log(
                    Level.WARNING,
                    "the retry budget of provider " + provider
                            + " is used up: each call makes only one attempt until the provider answers again");
        }
        return false;
    }

    /** Returns a token after a success. */
    public void succeeded() {
        if (tokens < capacity) { // checked without the lock, so that calls do not contend for it while nothing fails
            giveBack();
        }
    }

    private synchronized void giveBack() {
        if (tokens < capacity) {
            tokens++;
            reported = reported && tokens < capacity;
        }
    }

    /** Refills the budget. */
    public synchronized void reset() {
        tokens = capacity;
        reported = false;
    }
}
