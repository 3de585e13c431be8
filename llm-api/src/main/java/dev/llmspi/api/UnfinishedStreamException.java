package dev.llmspi.api;

/**
 * A {@link ChatStream.Source} came to its end without a {@link ChatStreamEvent.Finish}: what was read is not a complete
 * answer. A client makes an {@code LlmServiceException} of it; it is seen only where a provider is read directly.
 */
public final class UnfinishedStreamException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    UnfinishedStreamException() {
        super("the stream ended without a finish reason");
    }
}
