/** Contains the resources that a client creates and closes, and small helpers that every other package may use. */
@NullMarked
package dev.llmspi.core.runtime;

import org.jspecify.annotations.NullMarked;
