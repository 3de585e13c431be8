package dev.llmspi.api.event;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * Which attempt an event belongs to.
 *
 * @param number the place in the call's list of attempts, from 1
 * @param provider the provider instance
 * @param providerType its type, such as {@code openrouter}
 * @param endpoint where the request goes: host and port
 * @param model the model asked for
 * @param start when the attempt began
 */
public record AttemptInfo(
        int number,
        String provider,
        String providerType,
        Optional<URI> endpoint,
        Optional<String> model,
        Instant start) {}
