/**
 * Contains the client. Applications start with {@link dev.llmspi.core.LlmClient}, which finds provider jars, reads the
 * configuration and sends requests. {@link dev.llmspi.core.CallOptions} set options for one call,
 * {@link dev.llmspi.core.LlmProviderRegistry} contains the providers, and {@link dev.llmspi.core.Route} shows which
 * links a call would use.
 */
@NullMarked
package dev.llmspi.core;

import org.jspecify.annotations.NullMarked;
