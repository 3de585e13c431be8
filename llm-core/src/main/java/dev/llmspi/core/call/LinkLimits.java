package dev.llmspi.core.call;

import dev.llmspi.core.settings.TimeoutSettings;
import java.util.List;

/**
 * What one link of a chain may use of a call.
 *
 * @param deadlineNanos when its share of the total clock ends, on the time source's clock
 * @param anotherLeft whether another usable link comes after it
 * @param timeouts the clocks of caller, mode and agent for this link; they win over the provider's
 * @param configured the same without the caller's own
 * @param notes what was changed in the request for this link
 */
public record LinkLimits(
        long deadlineNanos,
        boolean anotherLeft,
        TimeoutSettings timeouts,
        TimeoutSettings configured,
        List<String> notes) {}
