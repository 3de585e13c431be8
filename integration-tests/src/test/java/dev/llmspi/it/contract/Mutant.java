package dev.llmspi.it.contract;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.testkit.contract.OpenAiWireContract;
import java.util.Iterator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The contract of a good provider that one thing was done to. A mutant overrides what it does wrong; this one does nothing wrong. */
class Mutant extends OpenAiWireContract {

    private final LlmProviderFactory good = FoundFactory.of("openai");

    @Override
    protected final LlmProviderFactory factory() {
        return new LlmProviderFactory() {
            @Override
            public String name() {
                return good.name();
            }

            @Override
            public LlmProvider create(ProviderConfig config) {
                return mutated(good.create(config), config);
            }
        };
    }

    @Override
    protected final boolean isShipped() {
        return false;
    }

    LlmProvider mutated(LlmProvider provider, ProviderConfig config) {
        return mutated(provider);
    }

    LlmProvider mutated(LlmProvider provider) {
        return new Decorator(provider) {};
    }

    /** A provider whose calls can be done in another way. */
    abstract static class Decorator extends LlmProviderDecorator {

        Decorator(LlmProvider inner) {
            super(inner);
        }

        @Override
        public ChatResponse chat(ChatRequest request, CallContext context) {
            return chat(() -> inner().chat(request, context));
        }

        /** A chat, whatever it asks. */
        ChatResponse chat(Supplier<ChatResponse> good) {
            return good.get();
        }

        @Override
        public String toString() {
            return inner().toString();
        }
    }

    /** A provider whose errors are others. */
    static LlmProvider withErrors(LlmProvider provider, UnaryOperator<LlmException> change) {
        return new Decorator(provider) {
            @Override
            ChatResponse chat(Supplier<ChatResponse> good) {
                try {
                    return good.get();
                } catch (LlmException e) {
                    throw change.apply(e);
                }
            }
        };
    }

    /** A provider whose answers are others. */
    static LlmProvider withAnswers(LlmProvider provider, UnaryOperator<ChatResponse> change) {
        return new Decorator(provider) {
            @Override
            ChatResponse chat(Supplier<ChatResponse> good) {
                return change.apply(good.get());
            }
        };
    }

    /** A provider whose streams come from other sources. */
    static LlmProvider withStreams(LlmProvider provider, UnaryOperator<ChatStream.Source> change) {
        return new Decorator(provider) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                ChatStream good = inner().stream(request, context);
                return ChatStream.of(name(), change.apply(new StreamSource(good)));
            }
        };
    }

    /** A stream as the source of another. */
    static class StreamSource implements ChatStream.Source {

        private final ChatStream stream;
        private final Iterator<ChatStreamEvent> events;

        StreamSource(ChatStream stream) {
            this.stream = stream;
            this.events = stream.iterator();
        }

        @Override
        public @Nullable ChatStreamEvent next() {
            return events.hasNext() ? events.next() : null;
        }

        @Override
        public ChatResponse describe(ChatResponse answer) {
            return stream.describe(answer);
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    /** A source around a source. */
    static class OtherSource implements ChatStream.Source {

        final ChatStream.Source good;

        OtherSource(ChatStream.Source good) {
            this.good = good;
        }

        @Override
        public @Nullable ChatStreamEvent next() {
            return good.next();
        }

        @Override
        public ChatResponse describe(ChatResponse answer) {
            return good.describe(answer);
        }

        @Override
        public void close() {
            good.close();
        }
    }
}
