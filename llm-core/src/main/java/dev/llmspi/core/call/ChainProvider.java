package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.routing.ResolvedRoute;
import dev.llmspi.core.routing.Router;
import dev.llmspi.core.routing.RoutingCriteria;
import dev.llmspi.core.settings.TimeoutSettings;
import java.util.Optional;

/** Presents the chain as a provider, so that call decorators can wrap it. Safe for use by many threads. */
public final class ChainProvider implements LlmProvider {

    private final ActiveCalls calls;
    private final Router router;
    private final RefusalLog refusalLog = new RefusalLog(System.getLogger("dev.llmspi.call"));

    public ChainProvider(ActiveCalls calls, Router router) {
        this.calls = calls;
        this.router = router;
    }

    @Override
    public String name() {
        return "chain";
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        Optional<ActiveCall> call = calls.find(context);
        return call.isPresent()
                ? chat(call.get(), request)
                : calls.runInNewCall(context, Router.DEFAULT_CHAIN, TimeoutSettings.none(), own -> chat(own, request));
    }

    private ChatResponse chat(ActiveCall call, ChatRequest request) {
        return call.history().completed(run(call, request, AttemptKind.CHAT));
    }

    /**
     * Returns as soon as the first content has arrived. Until then, the next link may take over; after that, none does.
     */
    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        Optional<ActiveCall> call = calls.find(context);
        if (call.isPresent()) {
            return run(call.get(), request, AttemptKind.STREAM);
        }
        ActiveCall own = calls.openFor(context, Router.DEFAULT_CHAIN, TimeoutSettings.none());
        return CallStream.of(own, () -> run(own, request, AttemptKind.STREAM));
    }

    private <T> T run(ActiveCall call, ChatRequest request, AttemptKind<T> kind) {
        try {
            return new CallChain(call, route(call, request), request, refusalLog).run(kind);
        } catch (LlmException e) {
            throw call.history().failed(e);
        }
    }

    /**
     * Returns the route that was resolved when the call was opened, or a new one if a decorator has changed the model
     * since.
     */
    private ResolvedRoute route(ActiveCall call, ChatRequest request) {
        ResolvedRoute route = call.route().orElse(null);
        if (route == null) {
            return router.resolve(RoutingCriteria.NONE, request.model());
        }
        return route.requestedModel().equals(request.model())
                ? route
                : router.resolve(route.criteria(), request.model());
    }
}
