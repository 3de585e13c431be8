/** What the client learns of its providers from how calls end, over real sockets. */
@NullMarked
package dev.llmspi.it.health;

import org.jspecify.annotations.NullMarked;
