package dev.llmspi.testkit;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.FinishReason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A step in the script of a {@link ScriptedProvider}, which answers a chat or a stream. */
interface ScriptedStep {

    ChatResponse chat(ChatRequest request, CallContext context);

    ChatStream stream(ChatRequest request, CallContext context);

    /** Returns a step that gives a complete answer. A stream delivers it in a single piece. */
    static ScriptedStep ofAnswer(BiFunction<ChatRequest, CallContext, ChatResponse> answer) {
        return new ScriptedStep() {
            @Override
            public ChatResponse chat(ChatRequest request, CallContext context) {
                return answer.apply(request, context);
            }

            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return ChatStream.ofAnswer(answer.apply(request, context));
            }
        };
    }

    /** Returns a step that streams the events and then calls {@code afterwards}, which may throw an error. */
    static ScriptedStep ofStream(
            String provider, Supplier<@Nullable ChatStreamEvent> afterwards, ChatStreamEvent... events) {
        return of(provider, context -> new Events(events, afterwards));
    }

    /** Returns a step that streams the events and then blocks until the call is cancelled or the stream is closed. */
    static ScriptedStep ofHangingStream(String provider, Consumer<Cancellation> hang, ChatStreamEvent... events) {
        return of(provider, context -> {
            Cancellation ended = Cancellation.create();
            context.cancellation().onCancel(ended::cancel);
            return new Events(events, () -> {
                hang.accept(ended);
                return null;
            }) {
                @Override
                public void close() {
                    ended.cancel();
                }
            };
        });
    }

    private static ScriptedStep of(String provider, Function<CallContext, ChatStream.Source> source) {
        return new ScriptedStep() {
            @Override
            public ChatResponse chat(ChatRequest request, CallContext context) {
                try (ChatStream stream = stream(request, context)) {
                    return stream.collect();
                }
            }

            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return ChatStream.of(provider, source.apply(context));
            }
        };
    }

    /** Returns one text delta per text, followed by a finish event. */
    static ChatStreamEvent[] textEvents(String... texts) {
        ChatStreamEvent[] events = new ChatStreamEvent[texts.length + 1];
        for (int i = 0; i < texts.length; i++) {
            events[i] = new ChatStreamEvent.TextDelta(texts[i]);
        }
        events[texts.length] = ChatStreamEvent.Finish.of(FinishReason.STOP);
        return events;
    }

    /** A source that delivers a fixed sequence of events. */
    class Events implements ChatStream.Source {
        private final Queue<ChatStreamEvent> events;
        private final Supplier<@Nullable ChatStreamEvent> afterwards;

        Events(ChatStreamEvent[] events, Supplier<@Nullable ChatStreamEvent> afterwards) {
            this.events = new ArrayDeque<>(List.of(events));
            this.afterwards = afterwards;
        }

        @Override
        public @Nullable ChatStreamEvent next() {
            ChatStreamEvent event = events.poll();
            return event != null ? event : afterwards.get();
        }

        @Override
        public void close() {
            // does nothing, because the source holds no resources
        }
    }
}
