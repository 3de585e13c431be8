package dev.llmspi.core.resilience;

import dev.llmspi.api.ErrorKind;
import java.time.Instant;

/**
 * Something is left alone for a while.
 *
 * @param kind the kind of error that was the cause
 * @param sinceNanos when it began, on the time source's clock
 * @param untilNanos when it ends, on the time source's clock
 */
public record Cooldown(ErrorKind kind, Instant since, Instant until, long sinceNanos, long untilNanos) {}
