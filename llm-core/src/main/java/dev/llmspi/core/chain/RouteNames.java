package dev.llmspi.core.chain;

import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.config.UnknownKeys;
import dev.llmspi.core.settings.LinkSettings;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProfileSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names by which settings speak of providers and chains: whether they are right, and what to say of a wrong one. */
final class RouteNames {

    private final LlmSettings settings;
    private final Providers providers;
    private final Map<String, List<LinkSettings>> chains;

    /** @param chains all chains, that of the router's own making among them */
    RouteNames(LlmSettings settings, Providers providers, Map<String, List<LinkSettings>> chains) {
        this.settings = settings;
        this.providers = providers;
        this.chains = chains;
    }

    void check(List<ConfigFault> faults) {
        checkProvider("llm.preferred-provider", settings.preferredProvider(), faults);
        for (Map.Entry<String, List<LinkSettings>> chain : settings.chains().entrySet()) {
            for (LinkSettings link : chain.getValue()) {
                checkProvider("llm.chains." + chain.getKey(), Optional.of(link.provider()), faults);
            }
        }
        for (Map.Entry<String, ProfileSettings> mode : settings.modes().entrySet()) {
            checkProvider(
                    "llm.modes." + mode.getKey() + ".provider", mode.getValue().provider(), faults);
            checkChain("llm.modes." + mode.getKey() + ".chain", mode.getValue().chain(), faults);
        }
        for (Map.Entry<String, ProfileSettings> agent : settings.agents().entrySet()) {
            checkChain(
                    "llm.agents." + agent.getKey() + ".chain", agent.getValue().chain(), faults);
        }
        if (faults.isEmpty()) {
            checkUsable(faults);
        }
    }

    private void checkUsable(List<ConfigFault> faults) {
        for (Map.Entry<String, List<LinkSettings>> chain : chains.entrySet()) {
            boolean usable = false;
            for (LinkSettings link : chain.getValue()) {
                usable |= providers.usable(link.provider()).isPresent();
            }
            if (!usable) {
                faults.add(fault("llm.chains." + chain.getKey(), "no usable provider: " + why(chain.getValue())));
            }
        }
    }

    private String why(List<LinkSettings> links) {
        List<String> reasons = new ArrayList<>();
        for (LinkSettings link : links) {
            reasons.add(link.provider() + " "
                    + providers.unusableReason(link.provider()).orElse("was not found"));
        }
        if (reasons.isEmpty()) {
            Collection<String> found = providers.names();
            return found.isEmpty()
                    ? "no provider jar was found; put one on the module path or the class path"
                    : "found " + String.join(", ", found)
                            + "; name one in llm.chains.default or PREFERRED_LLM_PROVIDER";
        }
        return String.join("; ", reasons);
    }

    private void checkProvider(String path, Optional<String> name, List<ConfigFault> faults) {
        if (name.isPresent() && !providers.names().contains(name.get())) {
            faults.add(fault(path, unknownProvider(name.get())));
        }
    }

    /** What to say of a name no provider has. */
    String unknownProvider(String name) {
        return "there is no provider \"" + name + "\"" + UnknownKeys.didYouMean(name, providers.names());
    }

    private void checkChain(String path, Optional<String> name, List<ConfigFault> faults) {
        if (name.isPresent() && !chains.containsKey(name.get())) {
            faults.add(fault(path, unknownChain(name.get())));
        }
    }

    private ConfigFault fault(String path, String text) {
        return new ConfigFault(path, settings.origin(path), text);
    }

    /** What to say of a name no chain has. */
    String unknownChain(String name) {
        return "there is no chain \"" + name + "\"" + UnknownKeys.didYouMean(name, chains.keySet());
    }
}
