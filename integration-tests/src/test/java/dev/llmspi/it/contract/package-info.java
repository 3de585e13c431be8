/** Runs the provider contract against chains and against mutants. */
@NullMarked
package dev.llmspi.it.contract;

import org.jspecify.annotations.NullMarked;
