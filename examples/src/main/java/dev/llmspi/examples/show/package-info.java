/**
 * Produces output for people and scripts, such as timelines, tables and JSON, and determines what the terminal can
 * display.
 */
@NullMarked
package dev.llmspi.examples.show;

import org.jspecify.annotations.NullMarked;
