/**
 * Writes calls, attempts and cooldowns to JDK Flight Recorder. Only this package uses the module {@code jdk.jfr}, which
 * may be missing at run time.
 */
@NullMarked
package dev.llmspi.core.jfr;

import org.jspecify.annotations.NullMarked;
