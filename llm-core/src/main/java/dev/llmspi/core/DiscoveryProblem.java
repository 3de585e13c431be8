package dev.llmspi.core;

/**
 * Something found while looking for providers that could not be used. It is passed over; the rest go on.
 *
 * @param jar the jar or folder, or where the name stood; never empty
 * @param cause what was wrong with it, one line
 */
public record DiscoveryProblem(String jar, String cause) {}
