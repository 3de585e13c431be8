/** Contains the commands of the program {@code llm}. */
@NullMarked
package dev.llmspi.examples.cli;

import org.jspecify.annotations.NullMarked;
