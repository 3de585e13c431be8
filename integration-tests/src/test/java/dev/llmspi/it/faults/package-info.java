/**
 * The fault catalogue as tests, over real sockets. Each test carries the number of its row in {@code docs/faults.md} as a tag,
 * such as {@code fault-3.12}.
 */
@NullMarked
package dev.llmspi.it.faults;

import org.jspecify.annotations.NullMarked;
