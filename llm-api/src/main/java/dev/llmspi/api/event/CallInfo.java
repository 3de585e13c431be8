package dev.llmspi.api.event;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Which call an event belongs to.
 *
 * @param callId identifies the call in all events, errors and logs
 * @param requestId the caller's own id
 * @param agent the agent on whose behalf it is made
 * @param tags the caller's labels
 * @param chain the chain, or the single provider, that is asked
 * @param requestedModel the model or alias the caller named
 * @param start when the call began
 */
public record CallInfo(
        String callId,
        Optional<String> requestId,
        Optional<String> agent,
        Map<String, String> tags,
        String chain,
        Optional<String> requestedModel,
        Instant start) {}
