package dev.llmspi.api;

/**
 * Why the model stopped. The provider's own word is kept in {@link ChatResponse#rawFinishReason()}. Later releases may
 * add values: keep a default branch.
 */
public enum FinishReason {
    /** It was done, or came to a stop sequence. */
    STOP,
    /** It reached the limit of output tokens or of the context; the text is cut. */
    LENGTH,
    /** It wants tools called. */
    TOOL_CALLS,
    /** A content filter cut or withheld the answer. */
    CONTENT_FILTER,
    /** A word this release does not know, or none at all; see {@link ChatResponse#rawFinishReason()}. */
    UNKNOWN
}
