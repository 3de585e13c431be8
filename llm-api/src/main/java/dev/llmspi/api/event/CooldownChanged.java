package dev.llmspi.api.event;

import dev.llmspi.api.ErrorKind;
import java.time.Instant;
import java.util.Optional;

/**
 * A provider, or one of its models, went into cooldown or came out of it.
 *
 * @param provider the provider instance
 * @param model the model, if only that is concerned
 * @param kind the kind of error that was the cause
 * @param until when it ends; absent if it has ended
 */
public record CooldownChanged(String provider, Optional<String> model, ErrorKind kind, Optional<Instant> until) {}
