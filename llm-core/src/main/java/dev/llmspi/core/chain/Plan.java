package dev.llmspi.core.chain;

import dev.llmspi.core.settings.TimeoutSettings;
import java.util.List;
import java.util.Optional;

/**
 * What a call would do.
 *
 * @param chain the name of the chain, or of the single provider
 * @param requestedModel the model or alias the plan was made for
 * @param links the links in order, those that cannot be used included
 * @param timeouts the clocks of caller, mode and agent; the total one counts for the call
 */
public record Plan(
        RouteWish wish,
        String chain,
        Optional<String> requestedModel,
        List<PlannedLink> links,
        TimeoutSettings timeouts) {

    /** The links a call goes along: without those left out of the chain, which was reported when the client started. */
    List<PlannedLink> called() {
        for (PlannedLink link : links) {
            if (link.provider() == null) {
                return links.stream().filter(one -> one.provider() != null).toList();
            }
        }
        return links;
    }
}
