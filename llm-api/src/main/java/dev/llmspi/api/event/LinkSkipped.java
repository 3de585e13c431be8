package dev.llmspi.api.event;

import dev.llmspi.api.Attempt;

/**
 * A link of the chain was passed over.
 *
 * @param skipped the entry in the call's list: reason, and until when if it is a cooldown
 */
public record LinkSkipped(CallInfo call, Attempt skipped) {}
