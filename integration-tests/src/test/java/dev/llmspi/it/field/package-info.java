/**
 * Answers as real servers give them, and requests as they take them: the cases in {@code src/test/resources/field},
 * one file for each row of {@code docs/maintainers/field.md}. {@link dev.llmspi.it.field.FieldCorpusTest} runs them
 * over real sockets.
 */
@NullMarked
package dev.llmspi.it.field;

import org.jspecify.annotations.NullMarked;
