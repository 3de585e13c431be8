package dev.llmspi.api;

/**
 * The reason why the model stopped. {@link ChatResponse#rawFinishReason()} returns the provider's own value. Later
 * releases may add values, so a switch needs a default branch.
 */
public enum FinishReason {
    /** The answer is complete, or a stop sequence was reached. */
    STOP,
    /** The output token limit or the context length was reached, so the text is cut off. */
    LENGTH,
    /** The model requests tool calls. */
    TOOL_CALLS,
    /** A content filter cut or withheld the answer. */
    CONTENT_FILTER,
    /** The finish reason is missing, or this release does not know it; see {@link ChatResponse#rawFinishReason()}. */
    UNKNOWN
}
