/** Asking one provider: attempts, retries and cooldowns. */
@NullMarked
package dev.llmspi.core.resilience;

import org.jspecify.annotations.NullMarked;
