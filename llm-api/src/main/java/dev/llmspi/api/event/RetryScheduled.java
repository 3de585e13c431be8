package dev.llmspi.api.event;

import dev.llmspi.api.Attempt;
import java.time.Duration;

/**
 * Reports that a call will retry the same provider after a delay.
 *
 * @param failed the attempt that failed
 * @param delay the time until the retry
 */
public record RetryScheduled(CallInfo call, Attempt failed, Duration delay) {}
