/**
 * Contains the scenes shown by {@code llm demo} and {@code llm broken-streams}, and a local server that imitates two
 * providers.
 */
@NullMarked
package dev.llmspi.examples.demo;

import org.jspecify.annotations.NullMarked;
