package dev.llmspi.core.settings;

import java.util.Optional;

/**
 * One link of a chain.
 *
 * @param provider the name of the provider
 * @param model the model or alias that this link always uses; if absent, the model is chosen for each call
 */
public record LinkSettings(String provider, Optional<String> model) {

    /** Creates a link whose model is chosen for each call. */
    public static LinkSettings of(String provider) {
        return new LinkSettings(provider, Optional.empty());
    }
}
