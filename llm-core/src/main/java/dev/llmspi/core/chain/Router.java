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
    private final RouteNames names;

    /**
     * @param defaultLinks the default chain where none is configured
     */
    public Router(LlmSettings settings, Providers providers, List<String> defaultLinks) {
        this.settings = settings;
        this.providers = providers;
        this.chains = new LinkedHashMap<>(settings.chains());
        List<LinkSettings> links = chains.containsKey(DEFAULT_CHAIN) ? chains.get(DEFAULT_CHAIN) : links(defaultLinks);
        Optional<String> preferred = settings.preferredProvider();
        chains.put(DEFAULT_CHAIN, preferred.isPresent() ? toFront(links, preferred.get()) : links);
        this.names = new RouteNames(settings, providers, chains);
    }

    private static List<LinkSettings> links(List<String> providers) {
        List<LinkSettings> links = new ArrayList<>();
        for (String provider : providers) {
            links.add(LinkSettings.of(provider));
        }
        return List.copyOf(links);
    }

    /** The providers of the default chain in order, usable or not. */
    public List<String> defaultChain() {
        return chains.getOrDefault(DEFAULT_CHAIN, List.of()).stream()
                .map(LinkSettings::provider)
                .toList();
    }

    /** What is wrong with the names in chains, agents, modes and the preferred provider, and chains nobody can serve. */
    public void check(List<ConfigFault> faults) {
        names.check(faults);
    }

    /**
     * @param model the model or alias the request names
     * @throws LlmConfigException if the wish names a chain, mode or provider that is not there, or a provider that cannot be
     *     used
     */
    public Plan plan(RouteWish wish, Optional<String> model) {
        checkMode(wish);
        ProfileSettings mode =
                wish.mode().isEmpty() ? null : settings.modes().get(wish.mode().get());
        ProfileSettings agent = wish.agent().isEmpty()
                ? null
                : settings.agents().get(wish.agent().get());
        String chain = chainName(wish, mode, agent);
        List<LinkSettings> links =
                wish.provider().isPresent() ? single(wish.provider().get()) : chain(chain);
        if (wish.provider().isEmpty()) {
            Optional<String> first = wish.startWith().isEmpty() && mode != null ? mode.provider() : wish.startWith();
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
        timeouts = mode == null ? timeouts : timeouts.over(mode.timeouts());
        timeouts = agent == null ? timeouts : timeouts.over(agent.timeouts());
        return new Plan(wish, chain, model, planned, called, timeouts);
    }

    /** As the call wishes it, or else its mode, or else its agent. */
    private static String chainName(RouteWish wish, @Nullable ProfileSettings mode, @Nullable ProfileSettings agent) {
        if (wish.provider().isPresent()) {
            return wish.provider().get();
        }
        if (wish.chain().isPresent()) {
            return wish.chain().get();
        }
        if (mode != null && mode.chain().isPresent()) {
            return mode.chain().get();
        }
        return agent == null ? DEFAULT_CHAIN : agent.chain().orElse(DEFAULT_CHAIN);
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
        for (ProviderSettings block : settings.providers().values()) {
            modes.addAll(block.modes().keySet());
        }
        String name = wish.mode().get();
        if (!modes.contains(name)) {
            throw new LlmConfigException(
                    "llm.modes", "there is no mode \"" + name + "\"" + UnknownKeys.didYouMean(name, modes));
        }
    }

    private List<LinkSettings> chain(String name) {
        List<LinkSettings> links = chains.get(name);
        if (links == null) {
            throw new LlmConfigException("llm.chains", names.unknownChain(name));
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
            Optional<String> reason = providers.unusableReason(provider);
            throw new LlmConfigException(
                    "llm.providers",
                    reason.isPresent()
                            ? "provider \"" + provider + "\" cannot be used: " + reason.get()
                            : names.unknownProvider(provider));
        }
        return provider;
    }

    private static List<LinkSettings> toFront(List<LinkSettings> links, String provider) {
        List<LinkSettings> order = new ArrayList<>(links.size() + 1);
        List<LinkSettings> others = new ArrayList<>(links.size());
        for (LinkSettings link : links) {
            (link.provider().equals(provider) ? order : others).add(link);
        }
        if (order.isEmpty()) {
            order.add(LinkSettings.of(provider));
        }
        order.addAll(others);
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
