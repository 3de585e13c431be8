package dev.llmspi.api.event;

import dev.llmspi.api.Attempt;

/**
 * Reports that a link of the chain was skipped.
 *
 * @param skipped the skipped link's entry in the call's list of attempts. It contains the reason and, for a cooldown,
 *     the time at which the cooldown ends
 */
public record LinkSkipped(CallInfo call, Attempt skipped) {}
