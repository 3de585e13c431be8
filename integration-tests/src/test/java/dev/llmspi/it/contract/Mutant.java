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
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs the contract against a correct provider with one change. This class itself changes nothing; each subclass
 * overrides the part that it breaks.
 */
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

    /** A provider decorator whose subclasses replace individual methods. */
    abstract static class Decorator extends LlmProviderDecorator {

        Decorator(LlmProvider inner) {
            super(inner);
        }

        @Override
        public ChatResponse chat(ChatRequest request, CallContext context) {
            return chat(() -> inner().chat(request, context));
        }

        /** Runs a chat call. Subclasses change the response or the error. */
        ChatResponse chat(Supplier<ChatResponse> good) {
            return good.get();
        }

        @Override
        public String toString() {
            return inner().toString();
        }
    }

    /** Returns a provider that replaces each error of the given one. */
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

    /** Returns a provider that replaces each response of the given one. */
    static LlmProvider withAnswers(LlmProvider provider, UnaryOperator<ChatResponse> change) {
        return new Decorator(provider) {
            @Override
            ChatResponse chat(Supplier<ChatResponse> good) {
                return change.apply(good.get());
            }
        };
    }

    /** Returns a provider that replaces the source of each stream of the given one. */
    static LlmProvider withStreams(LlmProvider provider, UnaryOperator<ChatStream.Source> change) {
        return new Decorator(provider) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                ChatStream good = inner().stream(request, context);
                String model = request.model().or(this::defaultModel).orElse(null);
                return ChatStream.of(name(), model, change.apply(good.source()));
            }
        };
    }

    /** A stream source that delegates to another source. */
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
        public void close() {
            good.close();
        }
    }
}
