/** Reads HOCON and converts it to JDK types. Only this package uses com.typesafe.config. */
@NullMarked
package dev.llmspi.core.config;

import org.jspecify.annotations.NullMarked;
