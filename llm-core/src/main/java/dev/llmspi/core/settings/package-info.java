/**
 * The settings of a client, which come from HOCON, environment variables, a flat map or code. Start with
 * {@link dev.llmspi.core.settings.LlmSettings}. All faults are reported together in one
 * {@link dev.llmspi.core.settings.LlmConfigException}.
 */
@NullMarked
package dev.llmspi.core.settings;

import org.jspecify.annotations.NullMarked;
