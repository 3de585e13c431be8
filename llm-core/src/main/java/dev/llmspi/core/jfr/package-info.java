/**
 * Events for Flight Recorder: calls, attempts, cooldowns. The only place that knows {@code jdk.jfr}, a module that may be missing at
 * run time.
 */
@NullMarked
package dev.llmspi.core.jfr;

import org.jspecify.annotations.NullMarked;
