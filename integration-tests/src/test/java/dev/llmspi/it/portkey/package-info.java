/** The real Portkey gateway as a peer. */
@NullMarked
package dev.llmspi.it.portkey;

import org.jspecify.annotations.NullMarked;
