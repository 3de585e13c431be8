package dev.llmspi.api;

/**
 * Receives the events of a stream, with one method for each type of event. All methods are optional, and they run on
 * the thread that reads the stream.
 */
public interface ChatStreamHandler {

    /** Receives a piece of the answer's text. */
    default void onText(String text) {}

    /** Receives a piece of the model's visible reasoning. */
    default void onReasoning(String text) {}

    /** Receives a piece of a tool call. */
    default void onToolCallDelta(ChatStreamEvent.ToolCallDelta delta) {}

    /** Receives a complete tool call. */
    default void onToolCall(ToolCall call) {}

    /** Receives the usage of the answer so far. */
    default void onUsage(Usage usage) {}

    /**
     * Receives the finish event of a complete answer. This method is not called if the stream is cancelled or fails,
     * because the reader then receives an exception instead.
     */
    default void onFinish(ChatStreamEvent.Finish finish) {}
}
