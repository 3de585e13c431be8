package dev.llmspi.it.field;

/** The two ways in which a client can request an answer. */
enum Mode {
    STREAM,
    WHOLE
}
