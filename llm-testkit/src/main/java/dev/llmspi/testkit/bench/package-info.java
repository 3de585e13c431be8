/** Provides what the tests of our provider modules share. It is not part of the public API. */
@NullMarked
package dev.llmspi.testkit.bench;

import org.jspecify.annotations.NullMarked;
