/** From a call's wishes to the links that are asked: routing, models per link, fallback. */
@NullMarked
package dev.llmspi.core.chain;

import org.jspecify.annotations.NullMarked;
