package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * What can be ended from outside, by any thread: the first cause counts. Its cancellation is made when somebody asks for it, which
 * for most calls nobody does.
 */
abstract class EndableContext implements CallContext {

    /** Written under the lock of this, as the others are. */
    private volatile @Nullable EndCause endedBy;

    private volatile long endedNanos;
    private volatile @Nullable Cancellation cancellation;

    /** Why it was ended; null: it was not. */
    final @Nullable EndCause endedBy() {
        return endedBy;
    }

    /** When it was ended, on the time source's clock. */
    final long endedNanos() {
        return endedNanos;
    }

    /**
     * Ends it, and fires its cancellation.
     *
     * @return whether nothing had ended it before
     */
    final boolean endFirst(EndCause cause, long now) {
        Cancellation fired;
        synchronized (this) {
            if (endedBy != null) {
                return false;
            }
            endedNanos = now; // before the cause: whoever sees that, reads this
            endedBy = cause;
            fired = cancellation;
        }
        if (fired != null) {
            fired.cancel();
        }
        return true;
    }

    @Override
    public final Cancellation cancellation() {
        Cancellation known = cancellation;
        return known != null ? known : madeCancellation();
    }

    private synchronized Cancellation madeCancellation() {
        Cancellation made = cancellation;
        if (made == null) {
            made = Cancellation.create();
            if (endedBy != null) {
                made.cancel();
            }
            cancellation = made;
        }
        return made;
    }
}
