/**
 * What can be observed: a {@link dev.llmspi.api.event.LlmListener} and one record per event. Events carry ids, names, times
 * and counts, and never a prompt, an answer or a key.
 */
@NullMarked
package dev.llmspi.api.event;

import org.jspecify.annotations.NullMarked;
