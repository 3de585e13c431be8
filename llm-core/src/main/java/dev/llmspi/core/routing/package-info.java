/** Determines the links that a call can use, each with its provider, model and settings. */
@NullMarked
package dev.llmspi.core.routing;

import org.jspecify.annotations.NullMarked;
