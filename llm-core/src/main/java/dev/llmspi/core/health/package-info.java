/**
 * Manages the health of providers with cooldowns, retry budgets and request limits. This package decides whether an
 * attempt may start and learns from how the attempt ended. It knows nothing about calls.
 */
@NullMarked
package dev.llmspi.core.health;

import org.jspecify.annotations.NullMarked;
