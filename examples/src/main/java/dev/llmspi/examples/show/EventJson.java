package dev.llmspi.examples.show;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ToolCall;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the JSON object that {@code --stream --json} prints for one event. Scripts depend on the names in it, so names
 * may be added but not changed.
 */
public final class EventJson {

    private EventJson() {}

    /** Returns the object, or empty if the event has a type that was added by a later release of the library. */
    public static Optional<Map<String, @Nullable Object>> of(ChatStreamEvent event) {
        if (event instanceof ChatStreamEvent.TextDelta delta) {
            return Optional.of(object("event", "text", "text", delta.text()));
        }
        if (event instanceof ChatStreamEvent.ReasoningDelta delta) {
            return Optional.of(object("event", "reasoning", "text", delta.text()));
        }
        if (event instanceof ChatStreamEvent.ToolCallDelta delta) {
            return Optional.of(object(
                    "event", "tool_call_delta",
                    "index", delta.index(),
                    "id", delta.id(),
                    "name", delta.name(),
                    "arguments", delta.argumentsFragment()));
        }
        if (event instanceof ChatStreamEvent.ToolCallComplete complete) {
            ToolCall call = complete.call();
            return Optional.of(object(
                    "event", "tool_call",
                    "index", complete.index(),
                    "id", call.id(),
                    "name", call.name(),
                    "arguments", call.arguments(),
                    "wellFormed", call.wellFormed()));
        }
        if (event instanceof ChatStreamEvent.UsageReported report) {
            return Optional.of(object("event", "usage", "usage", CallJson.usage(report.usage())));
        }
        if (event instanceof ChatStreamEvent.Finish finish) {
            return Optional.of(object(
                    "event", "finish",
                    "finishReason", finish.reason().name().toLowerCase(Locale.ROOT),
                    "rawFinishReason", finish.rawReason(),
                    "model", finish.model(),
                    "requestId", finish.requestId()));
        }
        return Optional.empty();
    }
}
