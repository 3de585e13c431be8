/** Contains tests that start the packaged program as a process, which sends requests to local servers. */
@NullMarked
package dev.llmspi.examples.process;

import org.jspecify.annotations.NullMarked;
