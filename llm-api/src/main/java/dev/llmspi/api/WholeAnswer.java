package dev.llmspi.api;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Delivers a complete answer as the events of a stream. */
final class WholeAnswer implements ChatStream.Source {

    private final Deque<ChatStreamEvent> events = new ArrayDeque<>();

    WholeAnswer(ChatResponse response) {
        AssistantMessage message = response.message();
        message.reasoning().ifPresent(text -> events.add(new ChatStreamEvent.ReasoningDelta(text)));
        if (!response.text().isEmpty()) {
            events.add(new ChatStreamEvent.TextDelta(response.text()));
        }
        int index = 0;
        for (ToolCall call : message.toolCalls()) {
            events.add(new ChatStreamEvent.ToolCallDelta(index, call.id(), call.name(), call.arguments()));
            events.add(new ChatStreamEvent.ToolCallComplete(index, call));
            index++;
        }
        if (!response.usage().equals(Usage.none())) {
            events.add(new ChatStreamEvent.UsageReported(response.usage()));
        }
        events.add(new ChatStreamEvent.Finish(
                response.finishReason(),
                response.rawFinishReason(),
                response.model(),
                response.requestId(),
                message.reasoningDetails(),
                response.metadata(),
                message.providerFields()));
    }

    @Override
    public synchronized @Nullable ChatStreamEvent next() {
        return events.poll();
    }

    @Override
    public void close() {
        // This source holds no resources.
    }
}
