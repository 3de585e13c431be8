/** Thousands of calls with faults that a seed draws: what comes of each is known before, and nothing of it stays. */
@NullMarked
package dev.llmspi.it.soak;

import org.jspecify.annotations.NullMarked;
