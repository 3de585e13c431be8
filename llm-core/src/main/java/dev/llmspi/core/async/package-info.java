/** Adapts calls to futures and reactive streams. */
@NullMarked
package dev.llmspi.core.async;

import org.jspecify.annotations.NullMarked;
