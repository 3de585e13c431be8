/**
 * What can go wrong: one base class and eight kinds.
 *
 * <p>{@link dev.llmspi.api.error.LlmException} is unchecked and sealed; catch it, or the kind you can do something about.
 * Whatever the provider, an error tells its kind, a finer {@link dev.llmspi.api.ErrorReason}, the HTTP status and the
 * provider's code and request id where there were any, how long the provider asked to wait, and every attempt of the call.
 *
 * <p>Three things are not errors of this kind: a wrong configuration ({@code LlmConfigException} of llm-core), a closed
 * client ({@link java.lang.IllegalStateException}), and the caller's own cancel or interrupt
 * ({@link java.util.concurrent.CancellationException}).
 */
@NullMarked
package dev.llmspi.api.error;

import org.jspecify.annotations.NullMarked;
