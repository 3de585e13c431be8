/** Servers of the tests' own, on loopback. */
@NullMarked
package dev.llmspi.it.server;

import org.jspecify.annotations.NullMarked;
