/** Checks the code and the commands in the documentation with the compiler, the library and the files they name. */
@NullMarked
package dev.llmspi.it.docs;

import org.jspecify.annotations.NullMarked;
