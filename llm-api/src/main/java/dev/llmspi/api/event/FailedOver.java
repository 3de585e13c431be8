package dev.llmspi.api.event;

import dev.llmspi.api.ErrorKind;

/**
 * The next provider of the chain takes over.
 *
 * @param from the provider given up for this call
 * @param to the provider asked next
 * @param kind the kind of the last error of {@code from}
 */
public record FailedOver(CallInfo call, String from, String to, ErrorKind kind) {}
