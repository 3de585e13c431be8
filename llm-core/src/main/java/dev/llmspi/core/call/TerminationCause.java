package dev.llmspi.core.call;

import java.util.concurrent.CancellationException;

/** The reason why a call or an attempt was terminated before its answer was complete. */
public enum TerminationCause {
    /** The caller cancelled the call. */
    CALLER,
    /** The waiting thread was interrupted. */
    INTERRUPT,
    /** The client was closed. */
    CLOSED,
    /** The total timeout expired. */
    TOTAL_TIMEOUT,
    /** The link's share of the total timeout expired. */
    LINK_TIMEOUT,
    /** The attempt timeout expired. */
    ATTEMPT_TIMEOUT,
    /** A stream delivered no content in time. */
    FIRST_TOKEN_TIMEOUT,
    /** A stream delivered no further event in time. */
    IDLE_TIMEOUT;

    /**
     * Whether the call was ended on purpose. The caller then receives a CancellationException, and no provider is
     * blamed.
     */
    public boolean isCancel() {
        return this == CALLER || this == INTERRUPT || this == CLOSED;
    }

    /**
     * Creates the exception for the caller of a cancelled call. If an interrupt was the cause, sets the thread's
     * interrupt flag again.
     */
    CancellationException cancelled() {
        return switch (this) {
            case INTERRUPT -> {
                Thread.currentThread().interrupt();
                yield new CancellationException("the calling thread was interrupted");
            }
            case CLOSED -> new CancellationException("the client was closed during the call");
            default -> new CancellationException("the call was cancelled");
        };
    }
}
