/**
 * Checks rules that apply to all modules: module descriptors, dependencies between packages, and the bill of materials.
 */
@NullMarked
package dev.llmspi.it.build;

import org.jspecify.annotations.NullMarked;
