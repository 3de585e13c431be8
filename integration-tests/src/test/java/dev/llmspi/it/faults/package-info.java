/**
 * Tests the faults of the fault catalogue over real sockets. Each test is tagged with the number of a row in
 * {@code docs/faults.md}, such as {@code fault-3.12}.
 */
@NullMarked
package dev.llmspi.it.faults;

import org.jspecify.annotations.NullMarked;
