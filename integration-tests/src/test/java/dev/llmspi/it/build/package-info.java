/** Rules all modules keep: descriptors, arrows between packages, the bill of materials. */
@NullMarked
package dev.llmspi.it.build;

import org.jspecify.annotations.NullMarked;
