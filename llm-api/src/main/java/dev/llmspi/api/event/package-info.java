/**
 * Events about calls. A {@link dev.llmspi.api.event.LlmListener} receives them, and each type of event is a record.
 * Events contain IDs, names, times and counts, but never a prompt, an answer or an API key.
 */
@NullMarked
package dev.llmspi.api.event;

import org.jspecify.annotations.NullMarked;
