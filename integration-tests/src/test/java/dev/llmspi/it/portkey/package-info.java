/** Runs tests against the real Portkey gateway. */
@NullMarked
package dev.llmspi.it.portkey;

import org.jspecify.annotations.NullMarked;
