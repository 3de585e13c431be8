package dev.llmspi.api.event;

import dev.llmspi.api.ErrorKind;

/**
 * Reports that a call falls back to the next provider in the chain.
 *
 * @param from the provider that failed
 * @param to the provider that is tried next
 * @param kind the kind of the last error from the provider that failed
 */
public record FailedOver(CallInfo call, String from, String to, ErrorKind kind) {}
