package dev.llmspi.api.event;

import dev.llmspi.api.Attempt;

/**
 * An attempt has ended.
 *
 * @param result how: outcome, kind of error, status, duration, usage
 */
public record AttemptFinished(CallInfo call, AttemptInfo attempt, Attempt result) {}
