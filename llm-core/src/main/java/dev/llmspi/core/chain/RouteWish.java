package dev.llmspi.core.chain;

import dev.llmspi.core.settings.TimeoutSettings;
import java.util.Optional;

/**
 * Where a caller wants a call to go. All optional; names that are not configured are refused, but for the agent, which may be a
 * mere label.
 *
 * @param provider this provider alone
 * @param startWith the provider to be asked first
 * @param noFallback only the first usable link
 * @param sameModelOnly only links with the model of the first one
 * @param timeouts the caller's own clocks
 */
public record RouteWish(
        Optional<String> agent,
        Optional<String> mode,
        Optional<String> chain,
        Optional<String> provider,
        Optional<String> startWith,
        boolean noFallback,
        boolean sameModelOnly,
        TimeoutSettings timeouts) {

    static final RouteWish NONE = new RouteWish(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            TimeoutSettings.none());
}
