/**
 * Requests, responses and the provider interface.
 *
 * <p>A caller builds a {@link dev.llmspi.api.ChatRequest} from {@link dev.llmspi.api.Message}s and receives a
 * {@link dev.llmspi.api.ChatResponse} with text, {@link dev.llmspi.api.FinishReason}, {@link dev.llmspi.api.Usage} and
 * the list of {@link dev.llmspi.api.Attempt}s. A provider implements {@link dev.llmspi.api.LlmProvider}. For each
 * attempt it receives a {@link dev.llmspi.api.CallContext} with the deadline and the
 * {@link dev.llmspi.api.Cancellation} of the call. Unless stated otherwise, types are immutable and thread-safe, and no
 * parameter or return value is null unless it is annotated as nullable.
 *
 * <p>Errors are in {@link dev.llmspi.api.error}, events in {@link dev.llmspi.api.event}, and the interfaces that
 * provider jars implement in {@link dev.llmspi.api.spi}.
 */
@NullMarked
package dev.llmspi.api;

import org.jspecify.annotations.NullMarked;
