package dev.llmspi.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer of a stream as far as it has come. Fed by the reading thread, asked by any. */
final class StreamedAnswer {

    private final String provider;
    private final @Nullable String requestedModel;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<ToolCall> toolCalls = new ArrayList<>();
    private boolean hasText;
    private Usage usage = Usage.none();
    private ChatStreamEvent.@Nullable Finish finish;

    StreamedAnswer(String provider, @Nullable String requestedModel) {
        this.provider = provider;
        this.requestedModel = requestedModel;
    }

    synchronized void add(ChatStreamEvent event) {
        if (event instanceof ChatStreamEvent.TextDelta delta) {
            hasText = true;
            text.append(delta.text());
        } else if (event instanceof ChatStreamEvent.ReasoningDelta delta) {
            reasoning.append(delta.text());
        } else if (event instanceof ChatStreamEvent.ToolCallComplete complete) {
            toolCalls.add(complete.call());
        } else if (event instanceof ChatStreamEvent.UsageReported report) {
            usage = report.usage();
        } else if (event instanceof ChatStreamEvent.Finish end) {
            finish = end;
        }
    }

    synchronized ChatResponse response() {
        AssistantMessage.Builder message = AssistantMessage.builder()
                .from(provider, requestedModel)
                .toolCalls(toolCalls)
                .reasoning(reasoning.isEmpty() ? null : reasoning.toString());
        if (hasText) {
            message.text(text.toString());
        }
        ChatStreamEvent.Finish end = finish;
        if (end == null) {
            return ChatResponse.builder(message.build())
                    .provider(provider)
                    .usage(usage)
                    .build();
        }
        ChatResponse.Builder response = ChatResponse.builder(
                        message.reasoningDetails(end.reasoningDetails()).build())
                .provider(provider)
                .usage(usage)
                .finishReason(end.reason())
                .rawFinishReason(end.rawReason().orElse(null))
                .model(end.model().orElse(null))
                .requestId(end.requestId().orElse(null));
        end.metadata().forEach(response::metadata);
        return response.build();
    }
}
