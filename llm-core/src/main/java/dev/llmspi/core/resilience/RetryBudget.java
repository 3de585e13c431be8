package dev.llmspi.core.resilience;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * What keeps retries from making an outage worse: each retry takes a token, each success gives one back. When none is left, first
 * attempts go on and retries stop. Shared by all calls of a provider. Safe for use by many threads.
 */
final class RetryBudget {

    private static final Logger LOG = System.getLogger("dev.llmspi.health");

    private final String provider;
    private final int most;
    /** Written under the lock of this. */
    private volatile int tokens;
    /** Guarded by this: whether it was said that none is left. */
    private boolean reported;

    RetryBudget(String provider, int tokens) {
        this.provider = provider;
        this.most = tokens;
        this.tokens = tokens;
    }

    /** Takes a token for a retry, if there is one. */
    synchronized boolean take() {
        if (tokens > 0) {
            tokens--;
            return true;
        }
        if (!reported && most > 0) {
            reported = true;
            LOG.log(
                    Level.WARNING,
                    "the retry budget of provider " + provider
                            + " is used up: it is asked once for each call until answers come again");
        }
        return false;
    }

    void succeeded() {
        if (tokens < most) { // a full one, as long as all is well, is no place where calls meet
            giveBack();
        }
    }

    private synchronized void giveBack() {
        if (tokens < most) {
            tokens++;
            reported = reported && tokens < most;
        }
    }

    /** Fills it up. */
    synchronized void reset() {
        tokens = most;
        reported = false;
    }
}
