package dev.llmspi.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Accumulates the answer of a stream. The reading thread adds events, and any thread may read the answer received so
 * far.
 */
final class ResponseAccumulator {

    /**
     * The initial capacity of a builder. It is larger than the default, because most answers are longer than that and a
     * builder copies its contents when it grows.
     */
    private static final int USUAL_LENGTH = 256;

    private final String provider;
    private final @Nullable String requestedModel;
    /** Created when the first piece of text arrives, and null until then; {@code reasoning} works in the same way. */
    private @Nullable StringBuilder text;

    private @Nullable StringBuilder reasoning;
    private List<ToolCall> toolCalls = List.of();
    private Usage usage = Usage.none();
    private ChatStreamEvent.@Nullable Finish finish;

    ResponseAccumulator(String provider, @Nullable String requestedModel) {
        this.provider = provider;
        this.requestedModel = requestedModel;
    }

    synchronized void add(ChatStreamEvent event) {
        if (event instanceof ChatStreamEvent.TextDelta delta) {
            text = appended(text, delta.text());
        } else if (event instanceof ChatStreamEvent.ReasoningDelta delta) {
            reasoning = appended(reasoning, delta.text());
        } else if (event instanceof ChatStreamEvent.ToolCallComplete complete) {
            if (toolCalls.isEmpty()) {
                toolCalls = new ArrayList<>();
            }
            toolCalls.add(complete.call());
        } else if (event instanceof ChatStreamEvent.UsageReported report) {
            usage = report.usage();
        } else if (event instanceof ChatStreamEvent.Finish end) {
            finish = end;
        }
    }

    private static StringBuilder appended(@Nullable StringBuilder all, String piece) {
        StringBuilder longer = all == null ? new StringBuilder(USUAL_LENGTH) : all;
        return longer.append(piece);
    }

    synchronized ChatResponse response() {
        AssistantMessage.Builder message = AssistantMessage.builder()
                .from(provider, requestedModel)
                .toolCalls(toolCalls)
                .reasoning(reasoning == null || reasoning.isEmpty() ? null : reasoning.toString());
        if (text != null) {
            message.text(text.toString());
        }
        ChatStreamEvent.Finish end = finish;
        if (end == null) {
            return ChatResponse.builder(message.build())
                    .provider(provider)
                    .usage(usage)
                    .build();
        }
        ChatResponse.Builder response = ChatResponse.builder(message.reasoningDetails(end.reasoningDetails())
                        .providerFields(end.providerFields())
                        .build())
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
