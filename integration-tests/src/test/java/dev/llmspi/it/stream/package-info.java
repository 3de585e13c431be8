/** Tests many streams from servers that break, with both providers. A seed determines the faults. */
@NullMarked
package dev.llmspi.it.stream;

import org.jspecify.annotations.NullMarked;
