/**
 * Tests long conversations with tools, against servers that refuse a request unless it echoes everything they have
 * sent.
 */
@NullMarked
package dev.llmspi.it.conversation;

import org.jspecify.annotations.NullMarked;
