package dev.llmspi.core.routing;

import dev.llmspi.core.settings.TimeoutSettings;
import java.util.List;
import java.util.Optional;

/**
 * The resolved route of a call, which lists the links of its chain in order.
 *
 * @param criteria the call options that determined the route
 * @param chain the name of the chain, or of the single provider
 * @param requestedModel the model or alias that the request names
 * @param links all links in order, including those whose provider cannot be used
 * @param called the links whose provider can be used; the client reported the other links when it started
 * @param timeouts the timeouts set by the caller, mode and agent; the total timeout applies to the whole call
 */
public record ResolvedRoute(
        RoutingCriteria criteria,
        String chain,
        Optional<String> requestedModel,
        List<ResolvedLink> links,
        List<ResolvedLink> called,
        TimeoutSettings timeouts) {}
