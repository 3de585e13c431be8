/** Portkey's gateway: its headers, what it tells about its routing, and what its many error envelopes mean. */
@NullMarked
package dev.llmspi.provider.portkey;

import org.jspecify.annotations.NullMarked;
