/**
 * One call under way: its identity, clocks and cancellation, its listeners, and the list of its attempts. Used by the chain and
 * by the retries, which share a {@link dev.llmspi.core.call.CallScope}.
 */
@NullMarked
package dev.llmspi.core.call;

import org.jspecify.annotations.NullMarked;
