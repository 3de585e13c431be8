package dev.llmspi.api.event;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Identifies the call to which an event belongs.
 *
 * @param callId the ID that identifies the call in all events, errors and logs
 * @param requestId the request ID that the caller chose
 * @param agent the agent on whose behalf the call is made
 * @param tags the caller's labels
 * @param chain the name of the chain, or of the single provider, that serves the call
 * @param requestedModel the model or alias named by the caller
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
