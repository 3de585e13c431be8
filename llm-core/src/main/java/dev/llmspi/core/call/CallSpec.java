package dev.llmspi.core.call;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.settings.TimeoutSettings;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a call begins with, taken from the caller's options and the plan made for it.
 *
 * @param chain the chain or single provider that is asked
 * @param timeouts the caller's own clocks, over those of agent or mode; the total one counts for the call
 * @param cancellation the caller's switch; null: none
 * @param listener the caller's listener for this call; null: none
 */
public record CallSpec(
        String chain,
        Optional<String> requestId,
        Optional<String> agent,
        Map<String, String> tags,
        Map<String, String> headers,
        Optional<String> requestedModel,
        TimeoutSettings timeouts,
        @Nullable Cancellation cancellation,
        @Nullable LlmListener listener) {}
