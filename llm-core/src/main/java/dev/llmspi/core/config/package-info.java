/** Reading HOCON: the only place that knows com.typesafe.config. Everything comes out as JDK types. */
@NullMarked
package dev.llmspi.core.config;

import org.jspecify.annotations.NullMarked;
