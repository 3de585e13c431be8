package dev.llmspi.core.chain;

import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.config.UnknownKeys;
import dev.llmspi.core.resilience.ResilientProvider;
import dev.llmspi.core.settings.LinkSettings;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProfileSettings;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the plan of a call from the settings: chain, order of links, model for each. Makes no call; immutable. */
public final class Router {

    /** The chain used when nothing names one. */
    public static final String DEFAULT_CHAIN = "default";

    private final LlmSettings settings;
    private final Providers providers;
    private final Map<String, List<LinkSettings>> chains;

    /**
     * @param defaultLinks the default chain where none is configured
     */
    public Router(LlmSettings settings, Providers providers, List<String> defaultLinks) {
        this.settings = settings;
        this.providers = providers;
        this.chains = new LinkedHashMap<>(settings.chains());
        List<LinkSettings> links = chains.getOrDefault(
                DEFAULT_CHAIN, defaultLinks.stream().map(LinkSettings::of).toList());
        chains.put(
                DEFAULT_CHAIN,
                settings.preferredProvider().map(name -> toFront(links, name)).orElse(links));
    }

    /** The providers of the default chain in order, usable or not. */
    public List<String> defaultChain() {
        return chains.getOrDefault(DEFAULT_CHAIN, List.of()).stream()
                .map(LinkSettings::provider)
                .toList();
    }

    /** What is wrong with the names in chains, agents, modes and the preferred provider, and chains nobody can serve. */
    public void check(List<ConfigFault> faults) {
        settings.preferredProvider().ifPresent(name -> checkProvider("llm.preferred-provider", name, faults));
        settings.chains()
                .forEach((chain, links) ->
                        links.forEach(link -> checkProvider("llm.chains." + chain, link.provider(), faults)));
        settings.modes().forEach((mode, profile) -> {
            profile.provider().ifPresent(name -> checkProvider("llm.modes." + mode + ".provider", name, faults));
            checkChain("llm.modes." + mode + ".chain", profile.chain(), faults);
        });
        settings.agents()
                .forEach((agent, profile) -> checkChain("llm.agents." + agent + ".chain", profile.chain(), faults));
        boolean namesAreRight = faults.isEmpty();
        chains.forEach((chain, links) -> {
            if (namesAreRight
                    && links.stream()
                            .noneMatch(link -> providers.usable(link.provider()).isPresent())) {
                faults.add(fault("llm.chains." + chain, "no usable provider: " + why(links)));
            }
        });
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

    private void checkProvider(String path, String name, List<ConfigFault> faults) {
        if (!providers.names().contains(name)) {
            faults.add(fault(
                    path, "there is no provider \"" + name + "\"" + UnknownKeys.didYouMean(name, providers.names())));
        }
    }

    private void checkChain(String path, Optional<String> name, List<ConfigFault> faults) {
        if (name.isPresent() && !chains.containsKey(name.get())) {
            faults.add(fault(path, unknownChain(name.get())));
        }
    }

    private ConfigFault fault(String path, String text) {
        return new ConfigFault(path, settings.origin(path), text);
    }

    private String unknownChain(String name) {
        return "there is no chain \"" + name + "\"" + UnknownKeys.didYouMean(name, chains.keySet());
    }

    /**
     * @param model the model or alias the request names
     * @throws LlmConfigException if the wish names a chain, mode or provider that is not there, or a provider that cannot be
     *     used
     */
    public Plan plan(RouteWish wish, Optional<String> model) {
        checkMode(wish);
        Optional<ProfileSettings> mode = wish.mode().map(settings.modes()::get);
        Optional<ProfileSettings> agent = wish.agent().map(settings.agents()::get);
        String chain = wish.provider()
                .or(wish::chain)
                .or(() -> mode.flatMap(ProfileSettings::chain))
                .or(() -> agent.flatMap(ProfileSettings::chain))
                .orElse(DEFAULT_CHAIN);
        List<LinkSettings> links =
                wish.provider().isPresent() ? single(wish.provider().get()) : chain(chain);
        if (wish.provider().isEmpty()) {
            Optional<String> first = wish.startWith().or(() -> mode.flatMap(ProfileSettings::provider));
            if (first.isPresent()) {
                links = toFront(links, known(first.get())); // one that cannot be used is passed over like any other
            }
        }
        List<PlannedLink> planned = new ArrayList<>(links.size());
        List<PlannedLink> called = new ArrayList<>(links.size());
        for (LinkSettings link : links) {
            PlannedLink one = plan(link, wish, model);
            planned.add(one);
            if (one.provider() != null) {
                called.add(one);
            }
        }
        TimeoutSettings timeouts = wish.timeouts();
        for (Optional<ProfileSettings> profile : List.of(mode, agent)) {
            timeouts = profile.isPresent() ? timeouts.over(profile.get().timeouts()) : timeouts;
        }
        return new Plan(wish, chain, model, planned, called, timeouts);
    }

    /** Whether a plan would be made the same again: the settings never change, but providers come, go, and learn. */
    public boolean holds(Plan plan) {
        List<PlannedLink> links = plan.links();
        for (int i = 0; i < links.size(); i++) { // done for every call: without an iterator
            PlannedLink link = links.get(i);
            ResilientProvider provider = providers.usable(link.name()).orElse(null);
            if (provider != link.provider()
                    || provider != null && !provider.defaultModel().equals(link.defaultModel())) {
                return false;
            }
        }
        return true;
    }

    private void checkMode(RouteWish wish) {
        if (wish.mode().isEmpty()) {
            return;
        }
        Set<String> modes = new LinkedHashSet<>(settings.modes().keySet());
        settings.providers()
                .values()
                .forEach(block -> modes.addAll(block.modes().keySet()));
        String name = wish.mode().get();
        if (!modes.contains(name)) {
            throw new LlmConfigException(
                    "llm.modes", "there is no mode \"" + name + "\"" + UnknownKeys.didYouMean(name, modes));
        }
    }

    private List<LinkSettings> chain(String name) {
        List<LinkSettings> links = chains.get(name);
        if (links == null) {
            throw new LlmConfigException("llm.chains", unknownChain(name));
        }
        return links;
    }

    private List<LinkSettings> single(String provider) {
        return List.of(LinkSettings.of(usable(provider)));
    }

    private String known(String provider) {
        return providers.names().contains(provider) ? provider : usable(provider);
    }

    private String usable(String provider) {
        if (providers.usable(provider).isEmpty()) {
            throw new LlmConfigException(
                    "llm.providers",
                    providers
                            .unusableReason(provider)
                            .map(reason -> "provider \"" + provider + "\" cannot be used: " + reason)
                            .orElseGet(() -> "there is no provider \"" + provider + "\""
                                    + UnknownKeys.didYouMean(provider, providers.names())));
        }
        return provider;
    }

    private static List<LinkSettings> toFront(List<LinkSettings> links, String provider) {
        List<LinkSettings> order = new ArrayList<>(links.size() + 1);
        links.stream().filter(link -> link.provider().equals(provider)).forEach(order::add);
        if (order.isEmpty()) {
            order.add(LinkSettings.of(provider));
        }
        links.stream().filter(link -> !link.provider().equals(provider)).forEach(order::add);
        return order;
    }

    private PlannedLink plan(LinkSettings link, RouteWish wish, Optional<String> requested) {
        String name = link.provider();
        Optional<ResilientProvider> provider = providers.usable(name);
        if (provider.isEmpty()) {
            String reason = providers.unusableReason(name).orElse("was not found");
            return new PlannedLink(
                    name,
                    null,
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    reason,
                    List.of(),
                    wish.timeouts(),
                    TimeoutSettings.none());
        }
        ProviderSettings block = provider.get().settings();
        List<ProfileSettings> profiles = new ArrayList<>(4);
        ModelChoice choice =
                new ModelChoice(settings.models(), name, provider.get().type());
        choice.offer(link.model(), "set on the link");
        choice.offer(requested, "named by the request");
        if (wish.mode().isPresent()) {
            String mode = wish.mode().get();
            profile(profiles, choice, block.modes().get(mode), "mode " + mode + " at " + name);
            profile(profiles, choice, settings.modes().get(mode), "mode " + mode);
        }
        if (wish.agent().isPresent()) {
            String agent = wish.agent().get();
            profile(profiles, choice, block.agents().get(agent), "agent " + agent + " at " + name);
            profile(profiles, choice, settings.agents().get(agent), "agent " + agent);
        }
        Optional<String> defaultModel = provider.get().defaultModel();
        choice.offer(defaultModel, "default model of " + name);
        TimeoutSettings configured = TimeoutSettings.none();
        for (ProfileSettings profile : profiles) {
            configured = configured.over(profile.timeouts());
        }
        return new PlannedLink(
                name,
                provider.get(),
                choice.model(),
                defaultModel,
                choice.why(),
                choice.problem(),
                List.copyOf(profiles),
                wish.timeouts().over(configured),
                configured);
    }

    private static void profile(
            List<ProfileSettings> profiles, ModelChoice choice, @Nullable ProfileSettings profile, String why) {
        if (profile != null) {
            profiles.add(profile);
            choice.offer(profile.model(), why);
        }
    }
}
