/**
 * Runs one call from its start to its end. {@link dev.llmspi.core.call.ChainProvider} finds the
 * {@link dev.llmspi.core.call.ActiveCall} that a context belongs to, {@link dev.llmspi.core.call.CallChain} loops over
 * the links of its route, {@link dev.llmspi.core.call.LinkRetries} loops over the attempts at one link, and
 * {@link dev.llmspi.core.call.AttemptExecution} makes one attempt.
 */
@NullMarked
package dev.llmspi.core.call;

import org.jspecify.annotations.NullMarked;
