package dev.llmspi.core;

import dev.llmspi.core.settings.LlmSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of the default chain where none is configured: openrouter, then portkey, then the other configured or registered
 * providers in their order. A provider that is merely found in a jar joins no chain by itself: prompts go only where the
 * configuration sends them.
 */
final class DefaultChain {

    private static final List<String> FIRST = List.of("openrouter", "portkey");

    private DefaultChain() {}

    static List<String> of(LlmSettings settings, List<ProviderStatus> providers) {
        List<String> meant = new ArrayList<>();
        for (ProviderStatus provider : providers) {
            boolean configured = settings.providersConfigured()
                    ? settings.providers().containsKey(provider.name())
                    : FIRST.contains(provider.name());
            boolean registered = provider.jar().isEmpty();
            if (configured || registered) {
                meant.add(provider.name());
            }
        }
        List<String> chain = new ArrayList<>(FIRST);
        chain.retainAll(meant);
        meant.removeAll(chain);
        chain.addAll(meant);
        return chain;
    }
}
