/** {@code llm demo}: a local server that speaks both wires, and the scenes played against it. */
@NullMarked
package dev.llmspi.examples.demo;

import org.jspecify.annotations.NullMarked;
