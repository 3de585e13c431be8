package dev.llmspi.api;

/**
 * Thrown when a {@link ChatStream.Source} ends without a {@link ChatStreamEvent.Finish}, so the answer is incomplete. A
 * client converts it into an {@code LlmServiceException}; only code that reads a provider's stream directly can receive
 * it.
 */
public final class UnfinishedStreamException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    public UnfinishedStreamException() {
        super("the stream ended without a finish reason");
    }
}
