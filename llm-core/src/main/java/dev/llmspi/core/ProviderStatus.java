package dev.llmspi.core;

/**
 * A provider that was discovered or configured.
 *
 * @param name the name of the provider; equal to the type if the provider is not configured
 * @param type the type of the provider
 * @param jar the jar or folder that contains the provider; {@code ""} if it was registered by code or not found
 * @param usable whether calls can use the provider
 * @param reason why the provider cannot be used, or why calls that do not name a model skip it; {@code ""} if neither
 *     applies
 */
public record ProviderStatus(String name, String type, String jar, boolean usable, String reason) {

    ProviderStatus withReason(String text) {
        return new ProviderStatus(name, type, jar, usable, text);
    }
}
