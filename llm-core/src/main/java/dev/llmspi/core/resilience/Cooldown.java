package dev.llmspi.core.resilience;

import dev.llmspi.api.ErrorKind;
import java.time.Instant;
import java.util.Optional;

/**
 * A provider, or one of its models, is left alone for a while.
 *
 * @param model the model, if only that is concerned
 * @param kind the kind of error that was the cause
 * @param sinceNanos when it began, on the time source's clock
 * @param untilNanos when it ends, on the time source's clock
 */
public record Cooldown(
        Optional<String> model, ErrorKind kind, Instant since, Instant until, long sinceNanos, long untilNanos) {}
