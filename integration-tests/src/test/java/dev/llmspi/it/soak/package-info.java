/**
 * Makes thousands of calls with random faults that a seed determines. The result of each call is known in advance, and
 * no call may leak resources.
 */
@NullMarked
package dev.llmspi.it.soak;

import org.jspecify.annotations.NullMarked;
