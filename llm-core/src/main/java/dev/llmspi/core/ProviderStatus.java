package dev.llmspi.core;

/**
 * A provider that was discovered or configured.
 *
 * @param name the instance; the type, if it is not configured
 * @param type the type
 * @param jar the jar or folder it came from; {@code ""} if it was registered by code or not found
 * @param usable whether it can be called
 * @param reason why not; {@code ""} if it can
 */
public record ProviderStatus(String name, String type, String jar, boolean usable, String reason) {}
