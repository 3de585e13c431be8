package dev.llmspi.api.spi;

import java.util.Objects;

/**
 * Something wrong in a configuration.
 *
 * @param path the full path of the key
 * @param origin where it stands, such as {@code application.conf: 12} or {@code environment variable LLM_MAX_RETRIES};
 *     {@code ""} if it is missing or came from code
 * @param text what is wrong and what to do; never the value of a secret
 */
public record ConfigFault(String path, String origin, String text) {

    public ConfigFault {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(text, "text");
    }

    /** One line: {@code llm.retry.max-retries (application.conf: 12): must be a whole number of at least 0}. */
    @Override
    public String toString() {
        return path + (origin.isEmpty() ? "" : " (" + origin + ")") + ": " + text;
    }
}
