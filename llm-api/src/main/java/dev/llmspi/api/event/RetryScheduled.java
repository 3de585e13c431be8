package dev.llmspi.api.event;

import dev.llmspi.api.Attempt;
import java.time.Duration;

/**
 * The same provider will be asked again.
 *
 * @param failed the attempt that failed
 * @param delay how long the call waits first
 */
public record RetryScheduled(CallInfo call, Attempt failed, Duration delay) {}
