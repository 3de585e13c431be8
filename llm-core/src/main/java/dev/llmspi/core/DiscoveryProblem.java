package dev.llmspi.core;

/**
 * A problem with a jar, folder or provider type that cannot be used. Discovery skips it and continues with the others.
 *
 * @param jar the jar or folder with the problem, or a description of the place if the jar is unknown; never empty
 * @param cause the cause of the problem, as one line of text
 */
public record DiscoveryProblem(String jar, String cause) {}
