package dev.llmspi.core.call;

/** Why a call or an attempt was ended from outside, before its answer. The first cause counts. */
public enum EndCause {
    /** The caller cancelled. */
    CALLER,
    /** The waiting thread was interrupted. */
    INTERRUPT,
    /** The client was closed. */
    CLOSED,
    /** The total clock ran out. */
    TOTAL_CLOCK,
    /** The link's share of the total clock ran out. */
    LINK_CLOCK,
    /** The attempt clock ran out. */
    ATTEMPT_CLOCK,
    /** A stream brought no content in time. */
    FIRST_TOKEN_CLOCK,
    /** A stream fell silent. */
    IDLE_CLOCK;

    /** Whether the caller wanted the end: then it gets a CancellationException and no provider is blamed. */
    public boolean isCancel() {
        return this == CALLER || this == INTERRUPT || this == CLOSED;
    }
}
