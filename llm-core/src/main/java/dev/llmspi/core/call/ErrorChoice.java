package dev.llmspi.core.call;

import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import org.jspecify.annotations.Nullable;

/** Chooses which error the caller gets when several links have failed: the one that tells the caller what to do. */
final class ErrorChoice {

    /** The ranks from the least to the most informative. Of two errors with the same rank, the later one is thrown. */
    private enum Rank {
        /** The link has no model and was not tried, so its error does not explain why the other links failed. */
        NOT_ASKED,
        OTHER,
        WAITING_HELPS,
        /** A refusal that the caller can act on. */
        RECOGNISED_REFUSAL,
        /** The content was refused, or the library's own check refused the request before anything was sent. */
        REFUSED_CONTENT_OR_OWN_CHECK,
        /** The total timeout of the call expired, which matters more than any error from a link. */
        TIME_IS_OVER
    }

    private ErrorChoice() {}

    /**
     * Chooses between the error of a link and the error chosen from the links before it.
     *
     * @param before the error chosen so far; null if no link has failed before
     */
    static LlmException of(@Nullable LlmException before, LlmException error) {
        return before != null && rank(before).compareTo(rank(error)) > 0 ? before : error;
    }

    /** Whether the error means that the link has no model for the request and was not tried. */
    static boolean isNotAsked(LlmException error) {
        return rank(error) == Rank.NOT_ASKED;
    }

    private static Rank rank(LlmException error) {
        ErrorReason reason = error.reason().orElse(null);
        if (reason == ErrorReason.TOTAL_TIMEOUT) {
            return Rank.TIME_IS_OVER;
        }
        if (reason == ErrorReason.CONTENT_FILTERED) {
            return Rank.REFUSED_CONTENT_OR_OWN_CHECK;
        }
        return switch (error.kind()) {
            case INVALID_REQUEST -> {
                if (!error.requestSent()) {
                    yield Rank.REFUSED_CONTENT_OR_OWN_CHECK;
                }
                boolean recognised = reason != ErrorReason.UNRECOGNISED && reason != ErrorReason.PROVIDER_SETTINGS;
                yield recognised ? Rank.RECOGNISED_REFUSAL : Rank.OTHER;
            }
            case MODEL -> {
                if (reason == ErrorReason.CONTEXT_LENGTH) {
                    yield Rank.RECOGNISED_REFUSAL;
                }
                yield reason == ErrorReason.NOT_MAPPED && !error.requestSent() ? Rank.NOT_ASKED : Rank.OTHER;
            }
            case RATE_LIMIT, SERVICE, TIMEOUT, CONNECTION -> Rank.WAITING_HELPS;
            case AUTHENTICATION, RESOURCE_EXHAUSTED -> Rank.OTHER;
        };
    }
}
