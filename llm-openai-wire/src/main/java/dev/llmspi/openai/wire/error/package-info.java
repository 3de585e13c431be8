/** Classifies error replies: extracts codes, texts and members, and applies the rules in {@code error-rules.txt}. */
@NullMarked
package dev.llmspi.openai.wire.error;

import org.jspecify.annotations.NullMarked;
