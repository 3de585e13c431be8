package dev.llmspi.openai.wire.error;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import org.jspecify.annotations.Nullable;

/**
 * The classification of an error.
 *
 * @param kind the kind of error
 * @param reason a more specific reason; null if there is none
 * @param retryHere whether to try the same provider again; null if the kind decides
 * @param tryNext whether to try the next provider; null if the kind decides
 * @param byStatus whether the verdict is based on the status alone
 */
public record ErrorVerdict(
        ErrorKind kind,
        @Nullable ErrorReason reason,
        @Nullable Boolean retryHere,
        @Nullable Boolean tryNext,
        boolean byStatus) {

    /** Creates a verdict in which the kind determines whether to try the same or the next provider. */
    public ErrorVerdict(ErrorKind kind, @Nullable ErrorReason reason) {
        this(kind, reason, null, null, false);
    }
}
