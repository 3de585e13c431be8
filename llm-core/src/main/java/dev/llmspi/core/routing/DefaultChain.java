package dev.llmspi.core.routing;

import dev.llmspi.core.settings.LlmSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Builds the default chain if none is configured. It contains openrouter, then portkey, then all other configured or
 * registered providers in order. It does not contain providers that were only found in a jar or, beside configured
 * ones, only have environment variables, because prompts must only go where the configuration sends them.
 */
public final class DefaultChain {

    private static final List<String> FIRST = List.of("openrouter", "portkey");

    private DefaultChain() {}

    /**
     * Returns the names of the providers in the default chain.
     *
     * @param names the names of all known providers
     * @param registered tests whether the provider with the given name was registered by code
     */
    public static List<String> of(LlmSettings settings, List<String> names, Predicate<String> registered) {
        List<String> members = new ArrayList<>();
        for (String name : names) {
            boolean configured = settings.providersConfigured() ? settings.isConfigured(name) : FIRST.contains(name);
            if (configured || registered.test(name)) {
                members.add(name);
            }
        }
        List<String> chain = new ArrayList<>(FIRST);
        chain.retainAll(members);
        members.removeAll(chain);
        chain.addAll(members);
        return chain;
    }
}
