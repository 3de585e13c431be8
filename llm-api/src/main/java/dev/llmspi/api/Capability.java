package dev.llmspi.api;

/** A capability that a model may or may not have. Later releases may add values, so a switch needs a default branch. */
public enum Capability {
    /** Tool calls. */
    TOOLS,
    /** Answers that conform to a JSON schema. */
    STRUCTURED_OUTPUT,
    /** Image input. */
    IMAGES,
    /** Audio input. */
    AUDIO,
    /** File input. */
    FILES,
    /** Reasoning before the answer, in a configurable amount. */
    REASONING
}
