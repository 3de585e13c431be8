/** Tests how the client derives the health of providers from the results of calls, over real sockets. */
@NullMarked
package dev.llmspi.it.health;

import org.jspecify.annotations.NullMarked;
