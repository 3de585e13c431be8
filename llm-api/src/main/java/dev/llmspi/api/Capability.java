package dev.llmspi.api;

/** Something a model may or may not be able to do. Later releases add values: keep a default branch. */
public enum Capability {
    /** Calls tools. */
    TOOLS,
    /** Answers by a JSON schema. */
    STRUCTURED_OUTPUT,
    /** Sees images. */
    IMAGES,
    /** Hears audio. */
    AUDIO,
    /** Reads files. */
    FILES,
    /** Thinks before it answers, and can be told how much. */
    REASONING
}
