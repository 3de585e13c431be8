package dev.llmspi.api;

/** A piece of a message's content. Sealed; a minor release may add cases, so keep a default branch. */
public sealed interface ContentPart permits TextPart, ImagePart, AudioPart, FilePart {}
