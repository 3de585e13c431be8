package dev.llmspi.core;

import dev.llmspi.core.chain.Plan;
import dev.llmspi.core.chain.RouteWish;
import dev.llmspi.core.chain.Router;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The plan of the last call of a view, for the next one that wants the same: to make one is a good part of what a call costs before
 * its request goes out. One plan and no more, because a view is made for an agent, and that keeps to its model. Safe for use by many
 * threads.
 */
final class LastPlan {

    private final Router router;
    private volatile @Nullable Plan last;

    LastPlan(Router router) {
        this.router = router;
    }

    /**
     * As {@link Router#plan} would make it now.
     *
     * @param all the options of the call over those of its view
     */
    Plan plan(CallOptions all, Optional<String> model) {
        Plan known = last;
        if (known != null && known.requestedModel().equals(model) && isOf(known.wish(), all) && router.holds(known)) {
            return known;
        }
        Plan made = router.plan(wish(all), model);
        last = made;
        return made;
    }

    /** Clocks have to be the same ones: equal ones may still differ in what they leave to wider settings. */
    private static boolean isOf(RouteWish wish, CallOptions all) {
        return wish.timeouts() == all.timeouts()
                && wish.agent().equals(all.agent())
                && wish.mode().equals(all.mode())
                && wish.chain().equals(all.chain())
                && wish.provider().equals(all.provider())
                && wish.startWith().equals(all.startWith())
                && wish.noFallback() == all.noFallback()
                && wish.sameModelOnly() == all.sameModelOnly();
    }

    static RouteWish wish(CallOptions all) {
        return new RouteWish(
                all.agent(),
                all.mode(),
                all.chain(),
                all.provider(),
                all.startWith(),
                all.noFallback(),
                all.sameModelOnly(),
                all.timeouts());
    }
}
