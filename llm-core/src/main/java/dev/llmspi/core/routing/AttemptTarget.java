package dev.llmspi.core.routing;

import dev.llmspi.api.Capability;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.core.health.ProviderHealth;
import dev.llmspi.core.runtime.FatalErrors;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;

/**
 * A provider that can receive attempts, with its settings and its health. If the provider throws an exception when it
 * is queried for a property, the property counts as missing.
 *
 * @param provider the provider, wrapped in the attempt decorators
 * @param settings the settings from the provider's configuration block
 * @param timeouts the timeouts from the block, with the client's timeouts for missing ones
 */
public record AttemptTarget(
        LlmProvider provider, ProviderSettings settings, TimeoutSettings timeouts, ProviderHealth health) {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    public String name() {
        return settings.name();
    }

    public String type() {
        return settings.type();
    }

    /** The default model set in the configuration block, or else the provider's own default. */
    public Optional<String> defaultModel() {
        Optional<String> configured = settings.defaultModel();
        if (configured.isPresent()) {
            return configured;
        }
        try {
            Optional<String> reported = provider.defaultModel();
            return reported == null ? Optional.empty() : reported;
        } catch (Throwable e) {
            failedToReport("its default model", e);
            return Optional.empty();
        }
    }

    /** Whether a request must name a model. */
    public boolean needsModel() {
        try {
            return settings.defaultModel().isEmpty() && provider.needsModel();
        } catch (Throwable e) {
            failedToReport("whether it needs a model", e);
            return false;
        }
    }

    /** The known capabilities of a model. */
    public Optional<Set<Capability>> capabilities(String model) {
        try {
            Optional<Set<Capability>> reported = provider.capabilities(model);
            return reported == null ? Optional.empty() : reported;
        } catch (Throwable e) {
            failedToReport("its capabilities", e);
            return Optional.empty();
        }
    }

    /** Another view of the provider; see {@link LlmProvider#as}. */
    public <T> Optional<T> as(Class<T> view) {
        try {
            Optional<T> reported = provider.as(view);
            return reported == null ? Optional.empty() : reported;
        } catch (Throwable e) {
            failedToReport("its views", e);
            return Optional.empty();
        }
    }

    private void failedToReport(String what, Throwable e) {
        FatalErrors.rethrow(e);
        LOG.log(Level.DEBUG, "provider " + name() + " failed to report " + what, e);
    }
}
