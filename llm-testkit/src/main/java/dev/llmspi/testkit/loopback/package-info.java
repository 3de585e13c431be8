/**
 * A small HTTP server for tests, without any script. The fake servers of the testkit and of this project's integration
 * tests are built on it. It is not part of the public API.
 */
@NullMarked
package dev.llmspi.testkit.loopback;

import org.jspecify.annotations.NullMarked;
