package dev.llmspi.it.field;

/** The two ways to ask for an answer. */
enum Mode {
    STREAM,
    WHOLE
}
