package dev.llmspi.api;

/** Takes the events of a stream by kind; every method may be left out. Runs on the thread that reads. */
public interface ChatStreamHandler {

    /** A piece of the answer's text. */
    default void onText(String text) {}

    /** A piece of the model's visible reasoning. */
    default void onReasoning(String text) {}

    /** A piece of a tool call. */
    default void onToolCallDelta(ChatStreamEvent.ToolCallDelta delta) {}

    /** A tool call is complete. */
    default void onToolCall(ToolCall call) {}

    /** What the answer used so far. */
    default void onUsage(Usage usage) {}

    /** The answer is complete. Not called when the stream is cancelled or fails: that comes as an exception. */
    default void onFinish(ChatStreamEvent.Finish finish) {}
}
