/**
 * Requests, responses and the provider interface.
 *
 * <p>A caller builds a {@link dev.llmspi.api.ChatRequest} from {@link dev.llmspi.api.Message}s and gets a
 * {@link dev.llmspi.api.ChatResponse}: text, {@link dev.llmspi.api.FinishReason}, {@link dev.llmspi.api.Usage} and the
 * list of {@link dev.llmspi.api.Attempt}s it took. A provider implements {@link dev.llmspi.api.LlmProvider}; it is
 * handed a {@link dev.llmspi.api.CallContext} with the call's deadline and {@link dev.llmspi.api.Cancellation}.
 * Everything here is immutable and safe for use by many threads unless it says otherwise; nothing is null unless it is
 * marked so.
 *
 * <p>What can go wrong is in {@link dev.llmspi.api.error}; what can be observed is in {@link dev.llmspi.api.event};
 * what a provider jar offers to be found is in {@link dev.llmspi.api.spi}.
 */
@NullMarked
package dev.llmspi.api;

import org.jspecify.annotations.NullMarked;
