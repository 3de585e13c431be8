package dev.llmspi.core.settings;

import java.util.Optional;

/**
 * One link of a chain.
 *
 * @param provider the name of a provider instance
 * @param model the model or alias this link always uses; absent: chosen for each call
 */
public record LinkSettings(String provider, Optional<String> model) {

    /** A link whose model is chosen for each call. */
    public static LinkSettings of(String provider) {
        return new LinkSettings(provider, Optional.empty());
    }
}
