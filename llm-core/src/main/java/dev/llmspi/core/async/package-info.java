/** Where asynchronous calls run. */
@NullMarked
package dev.llmspi.core.async;

import org.jspecify.annotations.NullMarked;
