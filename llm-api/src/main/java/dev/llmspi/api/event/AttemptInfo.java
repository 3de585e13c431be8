package dev.llmspi.api.event;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * Identifies the attempt to which an event belongs.
 *
 * @param number the one-based position in the call's list of attempts
 * @param provider the name of the provider instance
 * @param providerType the provider type, such as {@code openrouter}
 * @param endpoint the server's address, with host and port
 * @param model the requested model
 * @param start when the attempt began
 */
public record AttemptInfo(
        int number,
        String provider,
        String providerType,
        Optional<URI> endpoint,
        Optional<String> model,
        Instant start) {}
