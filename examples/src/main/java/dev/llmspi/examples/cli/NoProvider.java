package dev.llmspi.examples.cli;

import dev.llmspi.core.ProviderStatus;
import java.util.List;

/** Creates the error message for a configuration that has no usable provider. */
final class NoProvider {

    private NoProvider() {}

    static String message(List<ProviderStatus> providers) {
        if (providers.isEmpty()) {
            return "no provider found: put a provider jar and its libraries into the folder providers/";
        }
        StringBuilder text = new StringBuilder("no provider is usable: set OPENROUTER_API_KEY or PORTKEY_API_KEY, "
                + "create a settings file with 'llm config init', or pass one with --config FILE");
        for (ProviderStatus provider : providers) {
            text.append("\n  ").append(provider.name()).append(": ").append(provider.reason());
        }
        return text.toString();
    }
}
