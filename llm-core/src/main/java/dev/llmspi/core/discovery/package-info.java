/**
 * Finds provider factories on the module path, on the class path and in plug-in folders, and starts a provider for each
 * configuration block.
 */
@NullMarked
package dev.llmspi.core.discovery;

import org.jspecify.annotations.NullMarked;
