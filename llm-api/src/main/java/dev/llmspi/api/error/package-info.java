/**
 * The exceptions that calls throw: a base class, and a subclass for each of the eight kinds of error.
 *
 * <p>{@link dev.llmspi.api.error.LlmException} is unchecked and sealed. Catch this class, or a subclass that your code
 * can handle. For every provider, an error contains its kind, a more specific {@link dev.llmspi.api.ErrorReason}, the
 * HTTP status, the provider's error code and request ID if there are any, the wait that the provider requested, and
 * every attempt of the call.
 *
 * <p>Three problems are reported by other exceptions: an invalid configuration ({@code LlmConfigException} of
 * llm-core), a closed client ({@link java.lang.IllegalStateException}), and a cancellation or interrupt by the caller
 * ({@link java.util.concurrent.CancellationException}).
 */
@NullMarked
package dev.llmspi.api.error;

import org.jspecify.annotations.NullMarked;
