/** The packaged program, started as a process against servers on this machine. */
@NullMarked
package dev.llmspi.examples.process;

import org.jspecify.annotations.NullMarked;
