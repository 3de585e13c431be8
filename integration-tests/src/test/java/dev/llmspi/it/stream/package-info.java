/** Streams over both providers against servers that break: in large numbers, from a seed. */
@NullMarked
package dev.llmspi.it.stream;

import org.jspecify.annotations.NullMarked;
