package dev.llmspi.api.spi;

import java.util.Objects;

/**
 * A problem that was found in the configuration.
 *
 * @param path the full path of the key
 * @param origin the location of the key, such as {@code application.conf: 12} or
 *     {@code environment variable LLM_MAX_RETRIES}; {@code ""} if the key is missing or was set by code
 * @param text a description of the problem and how to solve it, which never contains a secret
 */
public record ConfigFault(String path, String origin, String text) {

    public ConfigFault {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(text, "text");
    }

    /**
     * Returns one line, such as {@code llm.retry.max-retries (application.conf: 12): must be a whole number of at least
     * 0}.
     */
    @Override
    public String toString() {
        return path + (origin.isEmpty() ? "" : " (" + origin + ")") + ": " + text;
    }
}
