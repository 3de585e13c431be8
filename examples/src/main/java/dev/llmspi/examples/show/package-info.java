/** What a person or a script sees: timelines, tables, JSON, and what the terminal can display. */
@NullMarked
package dev.llmspi.examples.show;

import org.jspecify.annotations.NullMarked;
