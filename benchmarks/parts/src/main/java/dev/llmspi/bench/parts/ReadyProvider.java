package dev.llmspi.bench.parts;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.Usage;

/** A provider that returns a prepared answer. */
final class ReadyProvider implements LlmProvider {

    /** The number of events in a stream, including the last one. */
    static final int EVENTS = 100;

    private static final ChatStreamEvent TEXT = new ChatStreamEvent.TextDelta("word ");
    private static final ChatStreamEvent FINISH = ChatStreamEvent.Finish.of(FinishReason.STOP);

    private final String name;
    private final ChatResponse answer;

    ReadyProvider(String name) {
        this.name = name;
        this.answer = ChatResponse.builder(AssistantMessage.of("Because of Rayleigh scattering."))
                .provider(name)
                .model("a-model-of-today")
                .requestId("gen-1")
                .finishReason(FinishReason.STOP)
                .usage(Usage.builder().inputTokens(14).outputTokens(6).build())
                .metadata("service_tier", "default")
                .build();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        return answer;
    }

    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        return ChatStream.of(name, events());
    }

    ChatStream.Source events() {
        return new Events();
    }

    private static final class Events implements ChatStream.Source {
        private int left = EVENTS;

        @Override
        public ChatStreamEvent next() {
            return --left == 0 ? FINISH : TEXT;
        }

        @Override
        public void close() {
            // does nothing, because the source holds no resources
        }
    }
}
