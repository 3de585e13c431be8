package dev.llmspi.api.event;

import dev.llmspi.api.Attempt;

/**
 * Reports that an attempt has ended.
 *
 * @param result the finished attempt, with its outcome, kind of error, status, duration and usage
 */
public record AttemptFinished(CallInfo call, AttemptInfo attempt, Attempt result) {}
