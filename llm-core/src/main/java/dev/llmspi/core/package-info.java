/**
 * The client. {@link dev.llmspi.core.LlmClient} is where an application begins: it finds the provider jars, reads the
 * configuration and answers requests. {@link dev.llmspi.core.CallOptions} say what one call wants;
 * {@link dev.llmspi.core.LlmProviderRegistry} holds the providers; {@link dev.llmspi.core.Route} tells what a call would do.
 */
@NullMarked
package dev.llmspi.core;

import org.jspecify.annotations.NullMarked;
