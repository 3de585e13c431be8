/**
 * Settings of a client: read from HOCON, from the environment, from a flat map, or set by code. Start at
 * {@link dev.llmspi.core.settings.LlmSettings}. What is wrong in them comes as one
 * {@link dev.llmspi.core.settings.LlmConfigException} that lists every fault.
 */
@NullMarked
package dev.llmspi.core.settings;

import org.jspecify.annotations.NullMarked;
