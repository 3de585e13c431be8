/** Contains the conversation of {@code llm chat}: messages, input lines, commands, and the files that store them. */
@NullMarked
package dev.llmspi.examples.conversation;

import org.jspecify.annotations.NullMarked;
