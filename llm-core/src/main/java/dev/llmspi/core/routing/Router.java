package dev.llmspi.core.routing;

import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.SpellingHint;
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

/**
 * Resolves the route of a call, which consists of the chain, the order of its links and the model of each link.
 * Immutable.
 */
public final class Router {

    /** The chain used by calls that do not name a chain. */
    public static final String DEFAULT_CHAIN = "default";

    /** The providers that a chain can use, by name. */
    public interface Providers {

        /** Returns the provider with this name if it can be called. */
        Optional<AttemptTarget> usable(String name);

        /**
         * Returns the reason why a known provider cannot be called. Empty if it can be called or if no provider has
         * that name.
         */
        Optional<String> unusableReason(String name);

        /** Returns the names of all providers that were found or configured, usable or not. */
        List<String> names();
    }

    private final LlmSettings settings;
    private final Providers providers;
    private final Map<String, List<LinkSettings>> chains;
    private final RouteValidator validator;
    private final LinkResolver linkResolver;

    /** @param defaultLinks the providers of the default chain if none is configured */
    public Router(LlmSettings settings, Providers providers, List<String> defaultLinks) {
        this.settings = settings;
        this.providers = providers;
        this.linkResolver = new LinkResolver(settings);
        this.chains = new LinkedHashMap<>(settings.chains());
        List<LinkSettings> links = chains.containsKey(DEFAULT_CHAIN) ? chains.get(DEFAULT_CHAIN) : links(defaultLinks);
        Optional<String> preferred = preferred(settings, providers);
        chains.put(DEFAULT_CHAIN, preferred.isPresent() ? toFront(links, preferred.get()) : links);
        this.validator = new RouteValidator(settings, preferred, providers, chains);
    }

    /** Returns the exact name of the preferred provider, because the setting may differ in case. */
    private static Optional<String> preferred(LlmSettings settings, Providers providers) {
        Optional<String> configured = settings.preferredProvider();
        if (configured.isEmpty() || providers.names().contains(configured.get())) {
            return configured;
        }
        for (String name : providers.names()) {
            if (name.equalsIgnoreCase(configured.get())) {
                return Optional.of(name);
            }
        }
        return configured;
    }

    private static List<LinkSettings> links(List<String> providers) {
        List<LinkSettings> links = new ArrayList<>();
        for (String provider : providers) {
            links.add(LinkSettings.of(provider));
        }
        return List.copyOf(links);
    }

    /** Returns the names of the providers in the default chain, including those that cannot be used. */
    public List<String> defaultChain() {
        return chains.getOrDefault(DEFAULT_CHAIN, List.of()).stream()
                .map(LinkSettings::provider)
                .toList();
    }

    /**
     * Adds a fault for each unknown name in chains, agents, modes and the preferred provider, and for each chain
     * without a usable provider.
     */
    public void validate(List<ConfigFault> faults) {
        validator.validate(faults);
    }

    /** Logs warnings about the route of each chain, as used by calls without options and without a model. */
    public void logWarnings() {
        List<ResolvedRoute> routes = new ArrayList<>();
        for (String chain : chains.keySet()) {
            routes.add(resolve(RoutingCriteria.ofChain(chain), Optional.empty()));
        }
        validator.logWarnings(routes);
    }

    /**
     * Resolves the route of a call.
     *
     * @param model the model or alias that the request names
     * @throws LlmConfigException if the criteria name a chain, mode or provider that does not exist, or a provider that
     *     cannot be used
     */
    public ResolvedRoute resolve(RoutingCriteria criteria, Optional<String> model) {
        checkMode(criteria);
        ProfileSettings mode = criteria.mode().isEmpty()
                ? null
                : settings.modes().get(criteria.mode().get());
        ProfileSettings agent = criteria.agent().isEmpty()
                ? null
                : settings.agents().get(criteria.agent().get());
        String chain = chainName(criteria, mode, agent);
        List<LinkSettings> links =
                criteria.provider().isPresent() ? single(criteria.provider().get()) : chain(chain);
        if (criteria.provider().isEmpty()) {
            Optional<String> first =
                    criteria.startWith().isEmpty() && mode != null ? mode.provider() : criteria.startWith();
            if (first.isPresent()) {
                links = toFront(links, known(first.get())); // an unusable provider is skipped later, as in any chain
            }
        }
        List<ResolvedLink> all = new ArrayList<>(links.size());
        List<ResolvedLink> called = new ArrayList<>(links.size());
        for (LinkSettings link : links) {
            ResolvedLink one = resolve(link, criteria, model);
            all.add(one);
            if (one.target() != null) {
                called.add(one);
            }
        }
        TimeoutSettings timeouts = criteria.timeouts();
        timeouts = mode == null ? timeouts : timeouts.over(mode.timeouts());
        timeouts = agent == null ? timeouts : timeouts.over(agent.timeouts());
        return new ResolvedRoute(criteria, chain, model, all, called, linkResolver.callTimeouts(called, timeouts));
    }

    /** Returns the chain named by the call itself, or else by its mode, or else by its agent. */
    private static String chainName(
            RoutingCriteria criteria, @Nullable ProfileSettings mode, @Nullable ProfileSettings agent) {
        if (criteria.provider().isPresent()) {
            return criteria.provider().get();
        }
        if (criteria.chain().isPresent()) {
            return criteria.chain().get();
        }
        if (mode != null && mode.chain().isPresent()) {
            return mode.chain().get();
        }
        return agent == null ? DEFAULT_CHAIN : agent.chain().orElse(DEFAULT_CHAIN);
    }

    /**
     * Checks whether a route is still current. The settings never change, but providers can be added, fail or finish
     * starting.
     */
    private boolean isCurrent(ResolvedRoute route) {
        List<ResolvedLink> links = route.links();
        for (int i = 0; i < links.size(); i++) { // allocates no iterator, because it runs for every call
            ResolvedLink link = links.get(i);
            AttemptTarget provider = providers.usable(link.name()).orElse(null);
            if (provider != link.target() || provider != null && hasReported(provider, link)) {
                return false;
            }
        }
        return true;
    }

    /** Checks whether a provider that was slow to start has reported its model since the route was resolved. */
    private static boolean hasReported(AttemptTarget provider, ResolvedLink link) {
        return !provider.defaultModel().equals(link.defaultModel())
                || link.model().isEmpty() && link.problem() == null && provider.needsModel();
    }

    private void checkMode(RoutingCriteria criteria) {
        if (criteria.mode().isEmpty()) {
            return;
        }
        Set<String> modes = new LinkedHashSet<>(settings.modes().keySet());
        for (ProviderSettings block : settings.providers().values()) {
            modes.addAll(block.modes().keySet());
        }
        String name = criteria.mode().get();
        if (!modes.contains(name)) {
            throw new LlmConfigException(
                    "llm.modes", "there is no mode \"" + name + "\"" + SpellingHint.of(name, modes));
        }
    }

    private List<LinkSettings> chain(String name) {
        List<LinkSettings> links = chains.get(name);
        if (links == null) {
            throw new LlmConfigException("llm.chains", validator.unknownChain(name));
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
                            : validator.unknownProvider(provider));
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

    private ResolvedLink resolve(LinkSettings link, RoutingCriteria criteria, Optional<String> requested) {
        String name = link.provider();
        Optional<AttemptTarget> provider = providers.usable(name);
        if (provider.isEmpty()) {
            String reason = providers.unusableReason(name).orElse("was not found");
            return new ResolvedLink(
                    name,
                    null,
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    reason,
                    List.of(),
                    criteria.timeouts(),
                    TimeoutSettings.none());
        }
        return linkResolver.resolve(provider.get(), link, criteria, requested);
    }

    /**
     * Caches the route of the last call, because resolving a route takes a large part of the time before a request is
     * sent. Each view of a client has its own cache. Caching one route is enough, because a view usually uses one
     * model. Thread-safe.
     */
    public static final class Memo {

        private final Router router;
        private volatile @Nullable ResolvedRoute last;

        public Memo(Router router) {
            this.router = router;
        }

        /** Resolves a route like {@link Router#resolve}. */
        public ResolvedRoute resolve(RoutingCriteria criteria, Optional<String> model) {
            ResolvedRoute known = last;
            if (known != null
                    && known.requestedModel().equals(model)
                    && known.criteria().isSameAs(criteria)
                    && router.isCurrent(known)) {
                return known;
            }
            ResolvedRoute resolved = router.resolve(criteria, model);
            last = resolved;
            return resolved;
        }
    }
}
