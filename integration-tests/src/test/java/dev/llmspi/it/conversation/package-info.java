/** Long conversations with tools. The servers refuse a request unless everything they sent comes back to them. */
@NullMarked
package dev.llmspi.it.conversation;

import org.jspecify.annotations.NullMarked;
