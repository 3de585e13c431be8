/** Checks real time in a way that also works on a busy machine. */
@NullMarked
package dev.llmspi.it.timing;

import org.jspecify.annotations.NullMarked;
