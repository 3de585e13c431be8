package dev.llmspi.core.discovery;

import dev.llmspi.api.spi.LlmProviderFactory;
import java.util.Collection;

/**
 * Recognises an application that was packed into a single jar with all its libraries. A tool that packs such a jar must
 * merge the service files of the libraries. Otherwise it keeps one of them, and the providers of the others are lost.
 */
final class FatJar {

    private static final String HINT = "this application is packed into one jar, where the files META-INF/services/"
            + LlmProviderFactory.class.getName()
            + " of all libraries must be merged (maven-shade-plugin: ServicesResourceTransformer)";

    private FatJar() {}

    /** Returns what to do if a provider is missing in the application's jar, or an empty string for other applications. */
    static String hint(Collection<DiscoveryResult.Found> found) {
        String own = DiscoveryResult.jar(FatJar.class);
        return found.stream().anyMatch(factory -> factory.jar().equals(own)) ? HINT : "";
    }
}
