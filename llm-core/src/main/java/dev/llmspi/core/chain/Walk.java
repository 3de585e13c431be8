package dev.llmspi.core.chain;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.LinkLimits;
import dev.llmspi.core.call.Nanos;
import dev.llmspi.core.resilience.Cooldown;
import dev.llmspi.core.resilience.ResilientProvider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One call on its way along the links of its plan. */
final class Walk {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    /** Why a link can never serve this request. */
    private record Obstacle(ErrorReason reason, String text) {}

    private final CallScope call;
    private final ChatRequest request;
    private final Set<Capability> needs;
    private final List<PlannedLink> links;
    private final Optional<String> onlyModel;
    private @Nullable LlmException last;
    private @Nullable Obstacle lastObstacle;

    Walk(CallScope call, Plan plan, ChatRequest request) {
        this.call = call;
        this.request = request;
        this.needs = request.needs();
        List<PlannedLink> called = new ArrayList<>(plan.links());
        called.removeIf(link -> link.provider() == null); // left out of the chain, reported when the client started
        this.onlyModel =
                plan.wish().sameModelOnly() && !called.isEmpty() ? called.get(0).model() : Optional.empty();
        this.links = plan.wish().noFallback() ? toFirstAble(called) : called;
    }

    private List<PlannedLink> toFirstAble(List<PlannedLink> all) {
        for (int i = 0; i < all.size(); i++) {
            if (obstacle(all.get(i)) == null) {
                return all.subList(0, i + 1);
            }
        }
        return all;
    }

    /** Asks each link in turn until one gives an answer. */
    <T> T toAnswer(BiFunction<ResilientProvider, ChatRequest, T> ask) {
        PlannedLink soonest = backSoonest();
        for (int i = 0; i < links.size(); i++) {
            PlannedLink link = links.get(i);
            Obstacle obstacle = obstacle(link);
            if (obstacle != null) {
                lastObstacle = obstacle;
                skip(link, obstacle.reason(), obstacle.text(), null);
                continue;
            }
            Optional<Cooldown> cooldown = cooldown(link);
            if (cooldown.isPresent() && link != soonest) {
                skip(
                        link,
                        ErrorReason.COOLDOWN,
                        "in cooldown after " + cooldown.get().kind().id(),
                        cooldown.get());
                continue;
            }
            ResilientProvider provider = enter(link, i);
            try {
                return ask.apply(provider, link.complete(request));
            } catch (LlmException error) {
                last = error;
                if (!goesOn(error, provider)) {
                    break;
                }
            }
        }
        throw last != null ? last : nobodyAsked();
    }

    private @Nullable Obstacle obstacle(PlannedLink link) {
        if (link.problem() != null) {
            return new Obstacle(ErrorReason.NOT_MAPPED, link.problem());
        }
        if (onlyModel.isPresent() && !onlyModel.equals(link.model())) {
            return new Obstacle(ErrorReason.OTHER_MODEL, "its model is another, and the call allows no change");
        }
        if (!needs.isEmpty()) {
            Optional<Set<Capability>> known = capabilities(link);
            if (known.isPresent() && !known.get().containsAll(needs)) {
                Set<Capability> missing = EnumSet.copyOf(needs);
                missing.removeAll(known.get());
                return new Obstacle(
                        ErrorReason.MISSING_CAPABILITY,
                        "it cannot do "
                                + missing.stream()
                                        .map(capability -> capability.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")));
            }
        }
        return null;
    }

    /** What is known of a link's model; nothing, if its provider cannot even say that. */
    private static Optional<Set<Capability>> capabilities(PlannedLink link) {
        try {
            Optional<Set<Capability>> known = Objects.requireNonNull(link.provider())
                    .capabilities(link.model().orElse(""));
            return known == null ? Optional.empty() : known;
        } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.DEBUG, "provider " + link.name() + " failed to say what it can do", e);
            return Optional.empty();
        }
    }

    /** Sets the link's share of the time: what is left, divided by the usable links that are left. */
    private ResilientProvider enter(PlannedLink link, int index) {
        ResilientProvider provider = Objects.requireNonNull(link.provider());
        LlmException before = last;
        if (before != null) {
            LOG.log(
                    Level.INFO,
                    () -> "call " + call.callId() + ": " + before.provider() + " failed with "
                            + before.kind().id() + ", going on to " + link.name());
            FailedOver event = new FailedOver(call.info(), before.provider(), link.name(), before.kind());
            call.tell(listener -> listener.failedOver(event));
        }
        int usable = 1;
        for (PlannedLink later : links.subList(index + 1, links.size())) {
            usable += obstacle(later) == null && cooldown(later).isEmpty() ? 1 : 0;
        }
        long now = call.engine().time().nanoTime();
        long share = call.remainingNanos() / usable;
        Optional<Duration> own = provider.settings().timeouts().ownTotal();
        if (own.isPresent()) {
            share = Math.min(share, Nanos.of(own.get()));
        }
        List<String> notes = link.holdsForeignReasoning(request) ? List.of(PlannedLink.REASONING_LEFT_OUT) : List.of();
        call.enterLink(new LinkLimits(now + share, usable > 1, link.timeouts(), notes));
        return provider;
    }

    private static boolean goesOn(LlmException error, ResilientProvider provider) {
        return error.reason().orElse(null) != ErrorReason.TOTAL_TIMEOUT
                && error.tryNext().orElse(provider.settings().fallbackOn().contains(error.kind()));
    }

    private static Optional<Cooldown> cooldown(PlannedLink link) {
        return Objects.requireNonNull(link.provider())
                .health()
                .cooldown(link.model().orElse(""));
    }

    /** The link to ask although it is in cooldown, because all are; null if one is not. */
    private @Nullable PlannedLink backSoonest() {
        List<PlannedLink> able =
                links.stream().filter(link -> obstacle(link) == null).toList();
        return able.stream().allMatch(link -> cooldown(link).isPresent())
                ? able.stream()
                        .min(Comparator.comparingLong(
                                link -> cooldown(link).map(Cooldown::untilNanos).orElse(Long.MIN_VALUE)))
                        .orElse(null)
                : null;
    }

    private void skip(PlannedLink link, ErrorReason reason, String message, @Nullable Cooldown cooldown) {
        Attempt skipped = Attempt.builder(link.name(), Outcome.SKIPPED)
                .number(call.history().nextNumber())
                .providerType(Objects.requireNonNull(link.provider()).type())
                .model(link.model().orElse(null))
                .reason(reason)
                .message(message)
                .start(call.sinceStart())
                .until(cooldown == null ? null : cooldown.until())
                .build();
        call.history().record(skipped, null);
        LOG.log(Level.DEBUG, () -> "call " + call.callId() + ": " + skipped);
        call.tell(listener -> listener.linkSkipped(new LinkSkipped(call.info(), skipped)));
    }

    private LlmException nobodyAsked() {
        Obstacle obstacle = lastObstacle;
        boolean cannot = obstacle != null && obstacle.reason() == ErrorReason.MISSING_CAPABILITY;
        return LlmModelException.builder()
                .message(
                        cannot
                                ? "no provider of the chain has a model that can do what the request needs"
                                : "no provider of the chain has a model for this request; see llm.models in the configuration")
                .reason(cannot ? ErrorReason.MISSING_CAPABILITY : ErrorReason.NOT_MAPPED)
                .requestSent(false)
                .build();
    }
}
