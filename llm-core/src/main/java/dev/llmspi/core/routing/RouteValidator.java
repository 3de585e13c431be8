package dev.llmspi.core.routing;

import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.SpellingHint;
import dev.llmspi.core.settings.LinkSettings;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProfileSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Validates the routes of a client when it starts. Unknown names and chains without a usable provider are reported as
 * faults. Links that most calls would skip and timeouts that contradict each other are logged as warnings.
 */
public final class RouteValidator {

    private static final Logger LOG = System.getLogger("dev.llmspi.registry");

    private final LlmSettings settings;
    private final Optional<String> preferred;
    private final Router.Providers providers;
    private final Map<String, List<LinkSettings>> chains;

    /**
     * @param preferred the exact name of the preferred provider, or the configured name if no such provider exists
     * @param chains all chains, including the default chain
     */
    RouteValidator(
            LlmSettings settings,
            Optional<String> preferred,
            Router.Providers providers,
            Map<String, List<LinkSettings>> chains) {
        this.settings = settings;
        this.preferred = preferred;
        this.providers = providers;
        this.chains = chains;
    }

    void validate(List<ConfigFault> faults) {
        checkProvider("llm.preferred-provider", preferred, faults);
        for (Map.Entry<String, List<LinkSettings>> chain : settings.chains().entrySet()) {
            for (LinkSettings link : chain.getValue()) {
                checkLink("llm.chains." + chain.getKey(), Optional.of(link.provider()), faults);
            }
        }
        for (Map.Entry<String, ProfileSettings> mode : settings.modes().entrySet()) {
            checkLink(
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
                faults.add(fault(
                        "llm.chains." + chain.getKey(),
                        "no usable provider: " + why(chain.getValue()) + others(chain.getKey())));
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
                    ? "no provider jar was found; put one on the module path or the class path. In an application that"
                            + " is packed into one jar, keep and merge META-INF/services"
                    : "found " + String.join(", ", found)
                            + "; name one in llm.chains.default or PREFERRED_LLM_PROVIDER";
        }
        return String.join("; ", reasons);
    }

    /** Names the providers that have their settings from variables, but are in no chain. */
    private String others(String chain) {
        String usable = String.join(
                ", ",
                settings.providers().keySet().stream()
                        .filter(name -> !settings.isConfigured(name)
                                && providers.usable(name).isPresent())
                        .toList());
        return usable.isEmpty()
                ? ""
                : "; " + usable + " can be used, but must be named in llm.chains." + chain
                        + (chain.equals(Router.DEFAULT_CHAIN) ? " or PREFERRED_LLM_PROVIDER" : "");
    }

    private void checkProvider(String path, Optional<String> name, List<ConfigFault> faults) {
        if (name.isPresent() && !providers.names().contains(name.get())) {
            faults.add(fault(path, unknownProvider(name.get())));
        }
    }

    /** Reports a link to an unknown provider, or to one that nothing configures, because calls would just skip it. */
    private void checkLink(String path, Optional<String> name, List<ConfigFault> faults) {
        checkProvider(path, name, faults);
        if (name.isPresent()
                && providers.names().contains(name.get())
                && providers.usable(name.get()).isEmpty()
                && !settings.providers().containsKey(name.get())) {
            String block = "llm.providers." + name.get();
            String key = block + ".api-key";
            String how = settings.howToSet(key);
            faults.add(fault(
                    path,
                    "for \"" + name.get() + "\" there is neither a block nor an environment variable; "
                            + (how.equals(key) ? "add a block " + block : "set " + how) + ", or remove the name here"));
        }
    }

    /** Returns the error message for an unknown provider name. */
    String unknownProvider(String name) {
        return "there is no provider \"" + name + "\"" + SpellingHint.of(name, providers.names());
    }

    private void checkChain(String path, Optional<String> name, List<ConfigFault> faults) {
        if (name.isPresent() && !chains.containsKey(name.get())) {
            faults.add(fault(path, unknownChain(name.get())));
        }
    }

    private ConfigFault fault(String path, String text) {
        return new ConfigFault(path, settings.origin(path), text);
    }

    /** Returns the error message for an unknown chain name. */
    String unknownChain(String name) {
        return "there is no chain \"" + name + "\"" + SpellingHint.of(name, chains.keySet());
    }

    /** Logs the warnings about these routes, each one only once even if it applies to several routes. */
    void logWarnings(List<ResolvedRoute> routes) {
        Map<String, Level> warnings = new LinkedHashMap<>();
        for (ResolvedRoute route : routes) {
            addLinksWithoutModel(route, warnings);
            addShortShares(route, warnings);
        }
        warnings.forEach((text, level) -> LOG.log(level, text));
    }

    /**
     * Reports links without a model. This is only worth a warning if another link of the chain has a model, because
     * otherwise all calls must name one anyway.
     */
    private static void addLinksWithoutModel(ResolvedRoute route, Map<String, Level> warnings) {
        boolean someHave = route.called().stream().anyMatch(link -> link.problem() == null);
        for (ResolvedLink link : route.called()) {
            if (link.problem() != null) {
                String text = "provider " + link.name() + " is skipped in calls that name no model: " + link.problem();
                Level level = someHave ? Level.WARNING : Level.INFO;
                warnings.merge(text, level, (one, other) -> one == Level.WARNING ? one : other);
            }
        }
    }

    /**
     * Warns if an attempt may take longer than its share of the total timeout. Only timeouts that are both set can
     * conflict in this way, because defaults adapt.
     */
    private void addShortShares(ResolvedRoute route, Map<String, Level> warnings) {
        TimeoutSettings ofCall = route.timeouts().over(settings.timeouts());
        Optional<Duration> total = ofCall.ownTotal();
        int links = route.called().size();
        if (total.isEmpty() || links < 2) {
            return;
        }
        Duration share = total.get().dividedBy(links);
        for (ResolvedLink link : route.called()) {
            Optional<Duration> attempt =
                    link.attemptTimeouts(settings.timeouts()).ownAttempt();
            if (attempt.isPresent() && attempt.get().compareTo(share) > 0) {
                warnings.put(
                        "each of the " + links + " links of chain " + route.chain() + " gets " + seconds(share)
                                + " of the "
                                + seconds(total.get()) + " of llm.timeouts.total at first, but an attempt at "
                                + link.name() + " may take " + seconds(attempt.get())
                                + " (timeouts.attempt): set llm.timeouts.total to at least "
                                + seconds(attempt.get().multipliedBy(links)),
                        Level.WARNING);
                return;
            }
        }
    }

    private static String seconds(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
