package dev.llmspi.api;

/** A part of a message's content. A minor release may add permitted types, so a switch needs a default branch. */
public sealed interface ContentPart permits TextPart, ImagePart, AudioPart, FilePart {}
