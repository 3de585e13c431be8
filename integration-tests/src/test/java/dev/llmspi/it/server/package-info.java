/** Provides test servers that listen on the loopback address. */
@NullMarked
package dev.llmspi.it.server;

import org.jspecify.annotations.NullMarked;
