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
 * @param called the links without those left out of the chain, which was reported when the client started
 * @param timeouts the clocks of caller, mode and agent; the total one counts for the call
 */
public record Plan(
        RouteWish wish,
        String chain,
        Optional<String> requestedModel,
        List<PlannedLink> links,
        List<PlannedLink> called,
        TimeoutSettings timeouts) {}
