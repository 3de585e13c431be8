package dev.llmspi.core.routing;

import dev.llmspi.core.settings.TimeoutSettings;
import java.util.Optional;

/**
 * The call options that determine the route. All are optional. Unknown names are refused, except for the agent name,
 * which may be just a label.
 *
 * @param agent the agent on whose behalf the call is made
 * @param mode the mode of the call
 * @param chain the chain to use
 * @param provider the only provider to use
 * @param startWith the provider to use first
 * @param noFallback whether the call uses only the first usable link
 * @param sameModelOnly whether the call uses only links with the same model as the first link
 * @param timeouts the timeouts set by the caller
 */
public record RoutingCriteria(
        Optional<String> agent,
        Optional<String> mode,
        Optional<String> chain,
        Optional<String> provider,
        Optional<String> startWith,
        boolean noFallback,
        boolean sameModelOnly,
        TimeoutSettings timeouts) {

    public static final RoutingCriteria NONE = of(Optional.empty(), Optional.empty());

    static RoutingCriteria ofChain(String chain) {
        return of(Optional.empty(), Optional.of(chain));
    }

    static RoutingCriteria ofAgent(Optional<String> agent) {
        return agent.isEmpty() ? NONE : of(agent, Optional.empty());
    }

    private static RoutingCriteria of(Optional<String> agent, Optional<String> chain) {
        return new RoutingCriteria(
                agent,
                Optional.empty(),
                chain,
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                TimeoutSettings.none());
    }

    /**
     * Whether both criteria lead to the same route. The timeouts must be the same object, because two objects with
     * equal timeouts can still differ in which ones are set and which are defaults.
     */
    boolean isSameAs(RoutingCriteria other) {
        return timeouts == other.timeouts
                && agent.equals(other.agent)
                && mode.equals(other.mode)
                && chain.equals(other.chain)
                && provider.equals(other.provider)
                && startWith.equals(other.startWith)
                && noFallback == other.noFallback
                && sameModelOnly == other.sameModelOnly;
    }
}
