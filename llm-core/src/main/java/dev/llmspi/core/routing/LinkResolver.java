package dev.llmspi.core.routing;

import dev.llmspi.core.settings.LinkSettings;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProfileSettings;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Resolves one link for a call, which determines its model and the settings added by mode and agent. Immutable. */
public final class LinkResolver {

    private final LlmSettings settings;

    public LinkResolver(LlmSettings settings) {
        this.settings = settings;
    }

    /**
     * Resolves a provider that is called by its name, without a chain.
     *
     * @param requested the model or alias that the request names
     */
    public ResolvedLink resolve(AttemptTarget target, Optional<String> agent, Optional<String> requested) {
        return resolve(target, LinkSettings.of(target.name()), RoutingCriteria.ofAgent(agent), requested);
    }

    /** The reason why a call that names no model skips this provider. Empty if the call can use the provider. */
    public Optional<String> problemWithoutModel(AttemptTarget target) {
        return Optional.ofNullable(
                resolve(target, Optional.empty(), Optional.empty()).problem());
    }

    /** @param requested the model or alias that the request names */
    ResolvedLink resolve(
            AttemptTarget target, LinkSettings link, RoutingCriteria criteria, Optional<String> requested) {
        String name = link.provider();
        ProviderSettings block = target.settings();
        List<ProfileSettings> profiles = new ArrayList<>(4);
        ModelChoice choice = new ModelChoice(settings.models(), name, target.type());
        choice.offer(link.model(), "set on the link");
        choice.offer(requested, "named by the request");
        if (criteria.mode().isPresent()) {
            String mode = criteria.mode().get();
            profile(profiles, choice, block.modes().get(mode), "mode " + mode + " at " + name);
            profile(profiles, choice, settings.modes().get(mode), "mode " + mode);
        }
        if (criteria.agent().isPresent()) {
            String agent = criteria.agent().get();
            profile(profiles, choice, block.agents().get(agent), "agent " + agent + " at " + name);
            profile(profiles, choice, settings.agents().get(agent), "agent " + agent);
        }
        Optional<String> defaultModel = target.defaultModel();
        choice.offer(defaultModel, "default model of " + name);
        if (!choice.isMade() && target.needsModel()) {
            choice.notNamed(settings.howToSet("llm.providers." + name + ".default-model"));
        }
        TimeoutSettings configured = TimeoutSettings.none();
        for (ProfileSettings profile : profiles) {
            configured = configured.over(profile.timeouts());
        }
        return new ResolvedLink(
                name,
                target,
                choice.model(),
                defaultModel,
                choice.why,
                choice.problem,
                List.copyOf(profiles),
                criteria.timeouts().over(configured),
                configured);
    }

    /**
     * Returns the timeouts of a call. If no total timeout is set, the default is raised to allow one full attempt at
     * each usable link.
     *
     * @param ofCall the timeouts set for the call by the caller, mode or agent
     */
    public TimeoutSettings callTimeouts(List<ResolvedLink> links, TimeoutSettings ofCall) {
        TimeoutSettings all = ofCall.over(settings.timeouts());
        if (all.ownTotal().isPresent()) {
            return ofCall;
        }
        Duration longest = Duration.ZERO;
        int usable = 0;
        for (ResolvedLink link : links) {
            if (link.problem() == null) {
                usable++;
                Duration attempt = link.attemptTimeouts(settings.timeouts()).attempt();
                longest = attempt.compareTo(longest) > 0 ? attempt : longest;
            }
        }
        Duration needed = longest.multipliedBy(usable);
        return needed.compareTo(all.total()) > 0
                ? ofCall.toBuilder().total(needed).build()
                : ofCall;
    }

    private static void profile(
            List<ProfileSettings> profiles, ModelChoice choice, @Nullable ProfileSettings profile, String why) {
        if (profile != null) {
            profiles.add(profile);
            choice.offer(profile.model(), why);
        }
    }

    /**
     * Chooses the model of one link. The first model name that is offered is used. An alias is replaced by its entry in
     * llm.models.
     */
    private static final class ModelChoice {

        private final Map<String, Map<String, String>> aliases;
        private final String provider;
        private final String type;
        private @Nullable String model;
        private @Nullable String problem;
        private String why = "left to the provider";

        ModelChoice(Map<String, Map<String, String>> aliases, String provider, String type) {
            this.aliases = aliases;
            this.provider = provider;
            this.type = type;
        }

        void offer(Optional<String> name, String source) {
            if (name.isEmpty() || name.get().isBlank() || isMade()) {
                return;
            }
            Map<String, String> entries = aliases.get(name.get());
            if (entries == null) {
                model = name.get();
                why = source;
                return;
            }
            model = entries.getOrDefault(provider, entries.get(type));
            why = source + ", alias " + name.get();
            if (model == null) {
                problem = "the alias \"" + name.get() + "\" has no model for it; set llm.models." + name.get() + "."
                        + provider;
            }
        }

        /** Whether a name was offered, even if it is an alias that has no model for this provider. */
        boolean isMade() {
            return model != null || problem != null;
        }

        /** Records that no name was offered and that the provider does not choose a model itself. */
        void notNamed(String howToSet) {
            problem = "it has no default model; set " + howToSet;
            why = "not named";
        }

        Optional<String> model() {
            return Optional.ofNullable(model);
        }
    }
}
