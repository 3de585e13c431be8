package dev.llmspi.core;

import dev.llmspi.api.ErrorKind;
import java.time.Instant;
import java.util.Optional;

/**
 * The state of a provider, or of one of its models.
 *
 * @param provider the provider instance
 * @param model the model, if the entry concerns only that
 * @param state whether it is asked
 * @param kind the kind of error that was the cause of a cooldown
 * @param since when the cooldown began
 * @param until when it ends
 */
public record HealthStatus(
        String provider,
        Optional<String> model,
        State state,
        Optional<ErrorKind> kind,
        Optional<Instant> since,
        Optional<Instant> until) {

    /** Later releases may add states: keep a default branch. */
    public enum State {
        /** It is asked. */
        AVAILABLE,
        /** It is passed over as long as another link is not. */
        COOLDOWN
    }
}
