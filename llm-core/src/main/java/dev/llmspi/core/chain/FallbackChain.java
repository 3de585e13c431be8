package dev.llmspi.core.chain;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.CallStream;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.resilience.ResilientProvider;
import java.util.Optional;

/**
 * Asks one link after the other until one answers. A link that cannot serve the request or is in cooldown is passed over and
 * listed; when all are in cooldown, the one back soonest is asked. Each link gets its share of the time that is left. A
 * decorator: it is a provider itself.
 */
public final class FallbackChain implements LlmProvider {

    private final Engine engine;
    private final Router router;

    public FallbackChain(Engine engine, Router router) {
        this.engine = engine;
        this.router = router;
    }

    @Override
    public String name() {
        return "chain";
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        Optional<CallScope> call = engine.find(context);
        return call.isPresent()
                ? chat(request, call.get())
                : engine.inNewScope(context, Router.DEFAULT_CHAIN, own -> chat(request, own));
    }

    private ChatResponse chat(ChatRequest request, CallScope call) {
        try {
            return call.history()
                    .completed(new Walk(call, plan(call, request), request).toAnswer(ResilientProvider::chat));
        } catch (LlmException e) {
            throw call.history().failed(e);
        }
    }

    /** Returns once the first content is there: until then the next link may take over, after it never. */
    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        Optional<CallScope> call = engine.find(context);
        if (call.isPresent()) {
            return stream(request, call.get());
        }
        CallScope own = engine.newScope(context, Router.DEFAULT_CHAIN);
        return CallStream.of(own, () -> stream(request, own), () -> {});
    }

    private ChatStream stream(ChatRequest request, CallScope call) {
        try {
            return new Walk(call, plan(call, request), request).toAnswer(ResilientProvider::stream);
        } catch (LlmException e) {
            throw call.history().failed(e);
        }
    }

    /** The plan made at the start; a new one if a decorator has changed the model since, or if there is none. */
    private Plan plan(CallScope call, ChatRequest request) {
        if (!(call instanceof ChainCall planned)) {
            return router.plan(RouteWish.NONE, request.model());
        }
        Plan plan = planned.plan();
        return plan.requestedModel().equals(request.model()) ? plan : router.plan(plan.wish(), request.model());
    }
}
