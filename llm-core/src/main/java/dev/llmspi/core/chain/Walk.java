package dev.llmspi.core.chain;

import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.JvmTrouble;
import dev.llmspi.core.call.LinkLimits;
import dev.llmspi.core.call.Nanos;
import dev.llmspi.core.call.SkippedLink;
import dev.llmspi.core.resilience.Admission;
import dev.llmspi.core.resilience.Cooldown;
import dev.llmspi.core.resilience.ResilientProvider;
import dev.llmspi.core.resilience.Ticket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One call on its way along the links of its plan. */
final class Walk {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");
    private static final List<String> NOTED = List.of(PlannedLink.FOREIGN_DATA_LEFT_OUT);

    /** How a link is asked. */
    interface Ask<T> {
        /** @param ticket the provider takes it over, whatever happens */
        T ask(ResilientProvider provider, ChatRequest complete, CallScope call, Ticket ticket);
    }

    /** Why a link can never serve this request. */
    private record Obstacle(ErrorReason reason, String text) {}

    private final CallScope call;
    private final ChatRequest request;
    private final List<PlannedLink> links;
    private final Optional<String> onlyModel;
    private @Nullable LlmException last;
    private @Nullable Obstacle lastObstacle;

    Walk(CallScope call, Plan plan, ChatRequest request) {
        this.call = call;
        this.request = request;
        List<PlannedLink> called = plan.called();
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
    <T> T toAnswer(Ask<T> ask) {
        PlannedLink soonest = backSoonest();
        boolean asked = false;
        for (int i = 0; i < links.size(); i++) {
            PlannedLink link = links.get(i);
            Obstacle obstacle = obstacle(link);
            if (obstacle != null) {
                lastObstacle = obstacle;
                skip(link, obstacle.reason(), obstacle.text(), null);
                continue;
            }
            // All others may have gone into cooldown since the look at them: then the last one is asked rather than
            // nobody.
            boolean always = link == soonest || !asked && soonest == null && isLastAble(i);
            Ticket ticket = admission(link).enter(call, link.model().orElse(""), always);
            if (ticket == null) {
                skipInCooldown(link);
                continue;
            }
            asked = true;
            try {
                return asked(ask, link, i, ticket);
            } catch (LlmException error) {
                last = moreTelling(last, error);
                if (!goesOn(error, link)) {
                    break;
                }
            }
        }
        throw last != null ? last : nobodyAsked();
    }

    /** A link that has no model was not asked: its error must not hide why an earlier one failed. */
    private static LlmException moreTelling(@Nullable LlmException before, LlmException error) {
        boolean unasked = !error.requestSent() && error.reason().orElse(null) == ErrorReason.NOT_MAPPED;
        return before != null && unasked ? before : error;
    }

    private boolean isLastAble(int index) {
        for (int i = index + 1; i < links.size(); i++) {
            if (obstacle(links.get(i)) == null) {
                return false;
            }
        }
        return true;
    }

    private <T> T asked(Ask<T> ask, PlannedLink link, int index, Ticket ticket) {
        ResilientProvider provider;
        ChatRequest complete;
        try {
            boolean foreign = link.holdsForeignData(request);
            provider = enter(link, index, foreign ? NOTED : List.of());
            complete = link.complete(request, foreign);
        } catch (Throwable e) {
            ticket.close(); // a trial nobody makes would keep the link shut for ever
            throw e;
        }
        return ask.ask(provider, complete, call, ticket);
    }

    private @Nullable Obstacle obstacle(PlannedLink link) {
        if (link.problem() != null) {
            return new Obstacle(ErrorReason.NOT_MAPPED, link.problem());
        }
        if (onlyModel.isPresent() && !onlyModel.equals(link.model())) {
            return new Obstacle(ErrorReason.OTHER_MODEL, "its model is another, and the call allows no change");
        }
        Set<Capability> needs = request.needs();
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
        } catch (Throwable e) {
            JvmTrouble.rethrow(e);
            LOG.log(Level.DEBUG, "provider " + link.name() + " failed to say what it can do", e);
            return Optional.empty();
        }
    }

    private static Admission admission(PlannedLink link) {
        return Objects.requireNonNull(link.provider()).admission();
    }

    /** Sets the link's share of the time: what is left, divided by the usable links that are left. */
    private ResilientProvider enter(PlannedLink link, int index, List<String> notes) {
        ResilientProvider provider = Objects.requireNonNull(link.provider());
        LlmException before = last;
        if (before != null) {
            LOG.log(
                    Level.INFO,
                    () -> "call " + call.callId() + ": " + before.provider() + " failed with "
                            + before.kind().id() + ", going on to " + link.name());
            call.tell(
                    LlmListener::failedOver,
                    new FailedOver(call.info(), before.provider(), link.name(), before.kind()));
        }
        int usable = 1;
        for (int i = index + 1; i < links.size(); i++) {
            PlannedLink later = links.get(i);
            usable += obstacle(later) == null && cooldown(later).isEmpty() ? 1 : 0;
        }
        long now = call.engine().time().nanoTime();
        long share = call.remainingNanos() / usable;
        Optional<Duration> own = provider.settings().timeouts().ownTotal();
        if (own.isPresent()) {
            share = Math.min(share, Nanos.of(own.get()));
        }
        call.enterLink(new LinkLimits(now + share, usable > 1, link.timeouts(), link.configured(), notes));
        return provider;
    }

    private static boolean goesOn(LlmException error, PlannedLink link) {
        return error.reason().orElse(null) != ErrorReason.TOTAL_TIMEOUT
                && error.tryNext()
                        .orElse(Objects.requireNonNull(link.provider())
                                .settings()
                                .fallbackOn()
                                .contains(error.kind()));
    }

    private Optional<Cooldown> cooldown(PlannedLink link) {
        return admission(link).cooldown(call, link.model().orElse(""));
    }

    /** The link to ask although it is in cooldown, because all are; null if one is not. */
    private @Nullable PlannedLink backSoonest() {
        PlannedLink soonest = null;
        long until = 0;
        boolean all = true;
        for (int i = 0; i < links.size(); i++) {
            PlannedLink link = links.get(i);
            if (obstacle(link) != null || !all) {
                continue;
            }
            Optional<Cooldown> cooldown = cooldown(link);
            if (cooldown.isEmpty()) {
                all = false;
            } else if (soonest == null || cooldown.get().untilNanos() - until < 0) {
                soonest = link;
                until = cooldown.get().untilNanos();
            }
        }
        return all ? soonest : null;
    }

    private void skipInCooldown(PlannedLink link) {
        Optional<Cooldown> cooldown = cooldown(link);
        skip(
                link,
                ErrorReason.COOLDOWN,
                "in cooldown"
                        + cooldown.map(known -> " after " + known.kind().id()).orElse(""),
                cooldown.map(Cooldown::until).orElse(null));
    }

    private void skip(PlannedLink link, ErrorReason reason, String message, @Nullable Instant until) {
        String type = Objects.requireNonNull(link.provider()).type();
        SkippedLink.record(
                call,
                SkippedLink.of(call, link.name(), type, link.model().orElse(""))
                        .reason(reason)
                        .message(message)
                        .until(until));
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
