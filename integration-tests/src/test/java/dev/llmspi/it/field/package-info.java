/**
 * Tests responses that real servers send, and requests that they accept. The cases are in
 * {@code src/test/resources/field}, with one file for each row in {@code docs/maintainers/field.md}.
 * {@link dev.llmspi.it.field.FieldCorpusTest} runs them over real sockets.
 */
@NullMarked
package dev.llmspi.it.field;

import org.jspecify.annotations.NullMarked;
