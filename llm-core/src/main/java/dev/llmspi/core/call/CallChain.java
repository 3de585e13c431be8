package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.health.Cooldown;
import dev.llmspi.core.health.KeysAhead;
import dev.llmspi.core.health.Permit;
import dev.llmspi.core.health.ProviderHealth;
import dev.llmspi.core.routing.AttemptTarget;
import dev.llmspi.core.routing.ResolvedLink;
import dev.llmspi.core.routing.ResolvedRoute;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tries the links of a route one after another. It skips a link that cannot serve the request or is in cooldown. If all
 * links are in cooldown, it tries the one whose cooldown ends first. Each instance serves only one call.
 */
final class CallChain {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");
    private static final List<String> NOTED = List.of(ResolvedLink.FOREIGN_DATA_LEFT_OUT);

    /** The reason why a link can never serve this request. */
    private record Obstacle(ErrorReason reason, String text) {}

    private final ActiveCall call;
    private final ChatRequest request;
    private final List<ResolvedLink> links;
    private final Optional<String> onlyModel;
    private final RefusalLog refusalLog;
    private List<RefusalLog.Refusal> refusals = List.of();
    /** The error from the last link that was tried. */
    private @Nullable LlmException last;
    /** The error to throw if no other link answers. */
    private @Nullable LlmException chosen;

    private @Nullable Obstacle lastObstacle;

    CallChain(ActiveCall call, ResolvedRoute route, ChatRequest request, RefusalLog refusalLog) {
        this.call = call;
        this.request = request;
        this.refusalLog = refusalLog;
        List<ResolvedLink> called = route.called();
        this.onlyModel = route.criteria().sameModelOnly() && !called.isEmpty()
                ? called.get(0).model()
                : Optional.empty();
        this.links = route.criteria().noFallback() ? upToFirstAble(called) : called;
    }

    private List<ResolvedLink> upToFirstAble(List<ResolvedLink> all) {
        for (int i = 0; i < all.size(); i++) {
            if (obstacle(all.get(i)) == null) {
                return all.subList(0, i + 1);
            }
        }
        return all;
    }

    /** Tries each link in turn until one answers. */
    <T> T run(AttemptKind<T> kind) {
        ResolvedLink soonest = firstToRecover(kind.streams());
        boolean asked = false;
        for (int i = 0; i < links.size(); i++) {
            ResolvedLink link = links.get(i);
            Obstacle obstacle = obstacle(link);
            if (obstacle != null) {
                lastObstacle = obstacle;
                skip(link, obstacle.reason(), obstacle.text(), null);
                continue;
            }
            // All other links may have gone into cooldown since they were checked. In that case, the last one is tried
            // even if it is in cooldown.
            boolean always = link == soonest || !asked && soonest == null && isLastAble(i);
            CallContext keys = keyContext(link, i, kind.streams());
            Permit permit = permit(link, keys, always);
            if (permit == null) {
                skipInCooldown(link, keys);
                continue;
            }
            asked = true;
            try {
                T answer = ask(link, i, permit, kind);
                refusalLog.answered(link, refusals);
                return answer;
            } catch (LlmException error) {
                failed(link, error);
                if (!target(link).settings().fallback().goesOn(error)) {
                    break;
                }
            }
        }
        throw chosen != null ? chosen : noLinkAsked();
    }

    private @Nullable Permit permit(ResolvedLink link, CallContext keys, boolean always) {
        ProviderHealth health = target(link).health();
        String model = link.model().orElse("");
        return always ? health.acquire(keys, model) : health.tryAcquire(keys, model);
    }

    private CallContext keyContext(ResolvedLink link, int index, boolean stream) {
        AttemptTarget target = target(link);
        return target.health().dependsOnKeys()
                ? budget(link, index, List.of()).keyContext(call, target, stream)
                : call; // a budget is computed only if it is needed, because this runs for every call
    }

    private <T> T ask(ResolvedLink link, int index, Permit permit, AttemptKind<T> kind) {
        LinkRetries retries;
        ChatRequest complete;
        try {
            boolean foreign = link.holdsForeignData(request);
            announceFallback(link);
            retries = new LinkRetries(call, target(link), budget(link, index, foreign ? NOTED : List.of()));
            complete = link.complete(request, foreign);
        } catch (Throwable e) {
            permit.close(); // a trial that is never made would keep the cooldown active forever
            throw e;
        }
        return retries.run(complete, permit, kind);
    }

    private void announceFallback(ResolvedLink link) {
        LlmException before = last;
        if (before != null) {
            LOG.log(
                    Level.INFO,
                    () -> "call " + call.callId() + ": " + before.provider() + " failed with "
                            + before.kind().id() + ", falling back to " + link.name());
            call.report()
                    .tell(
                            LlmListener::failedOver,
                            new FailedOver(call.info(), before.provider(), link.name(), before.kind()));
        }
    }

    /** Computes the link's share of the time: the remaining time divided by the number of usable links that remain. */
    private LinkBudget budget(ResolvedLink link, int index, List<String> notes) {
        int usable = 1;
        for (int i = index + 1; i < links.size(); i++) {
            ResolvedLink later = links.get(i);
            usable += obstacle(later) == null
                            && !target(later)
                                    .health()
                                    .isProbablyInCooldown(later.model().orElse(""))
                    ? 1
                    : 0;
        }
        long deadline = LinkBudget.deadlineNanos(call, target(link), usable);
        return new LinkBudget(deadline, usable > 1, link.timeouts(), link.configured(), notes);
    }

    private void failed(ResolvedLink link, LlmException error) {
        if (last == null || !ErrorChoice.isNotAsked(error)) {
            last = error;
        }
        chosen = ErrorChoice.of(chosen, error);
        if (RefusalLog.isRefusal(error)) {
            List<RefusalLog.Refusal> more = new ArrayList<>(refusals);
            more.add(new RefusalLog.Refusal(link, error));
            refusals = more;
        }
    }

    private boolean isLastAble(int index) {
        for (int i = index + 1; i < links.size(); i++) {
            if (obstacle(links.get(i)) == null) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Obstacle obstacle(ResolvedLink link) {
        if (link.problem() != null) {
            return new Obstacle(ErrorReason.NOT_MAPPED, link.problem());
        }
        if (onlyModel.isPresent() && !onlyModel.equals(link.model())) {
            return new Obstacle(ErrorReason.OTHER_MODEL, "it has another model, and the call allows no other model");
        }
        Set<Capability> needs = request.needs();
        if (!needs.isEmpty()) {
            Optional<Set<Capability>> known =
                    target(link).capabilities(link.model().orElse(""));
            if (known.isPresent() && !known.get().containsAll(needs)) {
                return new Obstacle(ErrorReason.MISSING_CAPABILITY, missing(needs, known.get()));
            }
        }
        return null;
    }

    private static String missing(Set<Capability> needs, Set<Capability> known) {
        Set<Capability> missing = EnumSet.copyOf(needs);
        missing.removeAll(known);
        return "it cannot do "
                + missing.stream()
                        .map(capability -> capability.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "));
    }

    private static AttemptTarget target(ResolvedLink link) {
        return Objects.requireNonNull(link.target());
    }

    private Optional<Cooldown> cooldown(ResolvedLink link, CallContext keys) {
        return target(link).health().cooldown(keys, link.model().orElse(""));
    }

    /** The link to try although it is in cooldown, because all links are. Null if any link is not in cooldown. */
    private @Nullable ResolvedLink firstToRecover(boolean stream) {
        ResolvedLink soonest = null;
        long until = 0;
        for (int i = 0; i < links.size(); i++) { // allocates no iterator, because this runs for every call
            ResolvedLink link = links.get(i);
            if (obstacle(link) != null) {
                continue;
            }
            Optional<Cooldown> cooldown = cooldown(link, keyContext(link, i, stream));
            if (cooldown.isEmpty()) {
                return null;
            }
            if (soonest == null || cooldown.get().untilNanos() - until < 0) {
                soonest = link;
                until = cooldown.get().untilNanos();
            }
        }
        return soonest;
    }

    private void skipInCooldown(ResolvedLink link, CallContext keys) {
        Optional<Cooldown> cooldown = cooldown(link, keys);
        KeysAhead asked = call.keysAhead;
        if (asked != null) { // otherwise a later link of the same provider would fail with a failure that is kept
            asked.drop(context -> context instanceof KeyContext own && own.target() == target(link));
        }
        skip(
                link,
                ErrorReason.COOLDOWN,
                "in cooldown"
                        + cooldown.map(known -> " after " + known.kind().id()).orElse(""),
                cooldown.map(Cooldown::until).orElse(null));
    }

    private void skip(ResolvedLink link, ErrorReason reason, String message, @Nullable Instant until) {
        CallHistory.addSkipped(
                call,
                CallHistory.skipped(call, target(link), link.model())
                        .reason(reason)
                        .message(message)
                        .until(until));
    }

    private LlmException noLinkAsked() {
        Obstacle obstacle = lastObstacle;
        boolean cannot = obstacle != null && obstacle.reason() == ErrorReason.MISSING_CAPABILITY;
        return LlmModelException.builder()
                .message(
                        cannot
                                ? "no provider of the chain has a model that can do what the request needs"
                                : "no provider of the chain has a model for this request"
                                        + (obstacle == null ? "" : ": " + obstacle.text()))
                .reason(cannot ? ErrorReason.MISSING_CAPABILITY : ErrorReason.NOT_MAPPED)
                .requestSent(false)
                .build();
    }
}
