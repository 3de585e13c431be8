package dev.llmspi.core.chain;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.call.LinkLimits;
import dev.llmspi.core.resilience.Cooldown;
import dev.llmspi.core.resilience.ResilientProvider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks one link after the other until one answers. A link that is not mapped or in cooldown is passed over and listed; when all
 * are in cooldown, the one back soonest is asked. Each link gets its share of the time that is left. A decorator: it is a
 * provider itself.
 */
public final class FallbackChain implements LlmProvider {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

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
        return engine.inScope(context, Router.DEFAULT_CHAIN, call -> {
            try {
                return call.completed(new Walk(call, plan(call, request)).chat(request));
            } catch (LlmException e) {
                throw call.failed(e);
            }
        });
    }

    /** The plan made at the start; a new one if a decorator has changed the model since, or if there is none. */
    private Plan plan(CallScope call, ChatRequest request) {
        if (!(call instanceof ChainCall planned)) {
            return router.plan(RouteWish.NONE, request.model());
        }
        Plan plan = planned.plan();
        return plan.requestedModel().equals(request.model()) ? plan : router.plan(plan.wish(), request.model());
    }

    /** One call on its way along the links. */
    private static final class Walk {
        private final CallScope call;
        private final List<PlannedLink> links;
        private @Nullable LlmException last;

        Walk(CallScope call, Plan plan) {
            this.call = call;
            List<PlannedLink> called = new ArrayList<>(plan.links());
            called.removeIf(link -> link.provider() == null); // left out of the chain, reported when the client started
            this.links = plan.wish().noFallback() && called.size() > 1 ? called.subList(0, 1) : called;
        }

        ChatResponse chat(ChatRequest request) {
            PlannedLink soonest = backSoonest();
            for (int i = 0; i < links.size(); i++) {
                PlannedLink link = links.get(i);
                if (link.problem() != null) {
                    skip(link, ErrorReason.NOT_MAPPED, link.problem(), null);
                    continue;
                }
                Optional<Cooldown> cooldown = cooldown(link);
                if (cooldown.isPresent() && link != soonest) {
                    skip(link, ErrorReason.COOLDOWN, "in cooldown after " + cooldown.get().kind().id(), cooldown.get());
                    continue;
                }
                ResilientProvider provider = enter(link, i);
                try {
                    return provider.chat(link.complete(request), call);
                } catch (LlmException error) {
                    last = error;
                    if (!goesOn(error, provider)) {
                        break;
                    }
                }
            }
            throw last != null ? last : notMapped();
        }

        /** Sets the link's share of the time: what is left, divided by the usable links that are left. */
        private ResilientProvider enter(PlannedLink link, int index) {
            ResilientProvider provider = Objects.requireNonNull(link.provider());
            LlmException failed = last;
            if (failed != null) {
                LOG.log(Level.INFO, () -> "call " + call.callId() + ": " + failed.provider() + " failed with "
                        + failed.kind().id() + ", going on to " + link.name());
                FailedOver event = new FailedOver(call.info(), failed.provider(), link.name(), failed.kind());
                call.tell(listener -> listener.failedOver(event));
            }
            int usable = 1;
            for (PlannedLink later : links.subList(index + 1, links.size())) {
                usable += later.problem() == null && cooldown(later).isEmpty() ? 1 : 0;
            }
            long now = call.engine().time().nanoTime();
            long share = call.remainingNanos() / usable;
            Optional<Duration> own = provider.settings().timeouts().ownTotal();
            if (own.isPresent()) {
                share = Math.min(share, own.get().toNanos());
            }
            call.enterLink(new LinkLimits(now + share, usable > 1, link.timeouts()));
            return provider;
        }

        private boolean goesOn(LlmException error, ResilientProvider provider) {
            return error.reason().orElse(null) != ErrorReason.TOTAL_TIMEOUT
                    && error.tryNext().orElse(provider.settings().fallbackOn().contains(error.kind()));
        }

        private static Optional<Cooldown> cooldown(PlannedLink link) {
            return link.provider() == null
                    ? Optional.empty()
                    : link.provider().health().cooldown(link.model().orElse(""));
        }

        /** The link to ask although it is in cooldown, because all are; null if one is not. */
        private @Nullable PlannedLink backSoonest() {
            List<PlannedLink> mapped = links.stream().filter(link -> link.problem() == null).toList();
            return mapped.stream().allMatch(link -> cooldown(link).isPresent())
                    ? mapped.stream()
                            .min(Comparator.comparingLong(
                                    link -> cooldown(link).map(Cooldown::untilNanos).orElse(Long.MIN_VALUE)))
                            .orElse(null)
                    : null;
        }

        private void skip(PlannedLink link, ErrorReason reason, String message, @Nullable Cooldown cooldown) {
            Attempt skipped = Attempt.builder(link.name(), Outcome.SKIPPED)
                    .number(call.nextNumber())
                    .providerType(Objects.requireNonNull(link.provider()).type())
                    .model(link.model().orElse(null))
                    .reason(reason)
                    .message(message)
                    .start(call.sinceStart())
                    .until(cooldown == null ? null : cooldown.until())
                    .build();
            call.record(skipped, null);
            LOG.log(Level.DEBUG, () -> "call " + call.callId() + ": " + skipped);
            call.tell(listener -> listener.linkSkipped(new LinkSkipped(call.info(), skipped)));
        }

        private LlmException notMapped() {
            return LlmModelException.builder()
                    .message("no provider of the chain has a model for this request; see llm.models in the configuration")
                    .reason(ErrorReason.NOT_MAPPED)
                    .requestSent(false)
                    .build();
        }
    }
}
