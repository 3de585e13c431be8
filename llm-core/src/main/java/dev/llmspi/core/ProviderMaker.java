package dev.llmspi.core;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.core.config.UnknownKeys;
import dev.llmspi.core.resilience.Accounts;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProviderSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Makes the provider of each block by the factory of its type; what is wrong goes into one list. */
final class ProviderMaker {

    /** A provider, the block it was made from, and the accounts of the keys it has read there. */
    record Made(LlmProvider provider, ProviderSettings block, Accounts accounts) {}

    private static final Logger LOG = System.getLogger("dev.llmspi.registry");

    private final LlmSettings settings;
    private final TimeSource time;
    private final FactoryDiscovery discovery;
    private final List<ConfigFault> faults;
    private final Consumer<DiscoveryProblem> problems;

    /**
     * @param faults collects what is wrong with the configuration
     * @param problems collects what is wrong with a jar
     */
    ProviderMaker(
            LlmSettings settings,
            TimeSource time,
            FactoryDiscovery discovery,
            List<ConfigFault> faults,
            Consumer<DiscoveryProblem> problems) {
        this.settings = settings;
        this.time = time;
        this.discovery = discovery;
        this.faults = faults;
        this.problems = problems;
    }

    /**
     * Makes a provider for every configured block; without blocks, one for every type that was found.
     *
     * @param taken the names of providers that are there already
     */
    void makeAll(Set<String> taken, BiConsumer<ProviderStatus, Optional<Made>> result) {
        discovery
                .problems()
                .forEach(problem -> LOG.log(Level.WARNING, "not usable: " + problem.jar() + ": " + problem.cause()));
        Map<String, FactoryDiscovery.Found> factories = discovery.factories();
        if (settings.providersConfigured()) {
            settings.providers().values().stream()
                    .filter(block -> !taken.contains(block.name()))
                    .forEach(block -> make(block, result));
            factories.forEach((type, found) -> {
                if (settings.providers().values().stream()
                        .noneMatch(block -> block.type().equals(type))) {
                    result.accept(
                            new ProviderStatus(
                                    type,
                                    type,
                                    found.jar(),
                                    false,
                                    "is not configured: add a block with type = " + type + " to llm.providers"),
                            Optional.empty());
                }
            });
        } else {
            factories.keySet().stream()
                    .filter(type -> !taken.contains(type))
                    .forEach(type -> make(settings.providerSettings(type, type), result));
        }
    }

    private void make(ProviderSettings block, BiConsumer<ProviderStatus, Optional<Made>> result) {
        FactoryDiscovery.Found found = discovery.factories().get(block.type());
        String path = "llm.providers." + block.name();
        if (found == null) {
            String why = unknownType(block.type());
            faults.add(new ConfigFault(path + ".type", settings.origin(path + ".type"), why));
            result.accept(new ProviderStatus(block.name(), block.type(), "", false, why), Optional.empty());
            return;
        }
        int before = faults.size();
        Accounts accounts = new Accounts(block.account());
        ProviderConfig config = new ProviderConfig(
                block.name(), path, block.values(), settings::origin, faults, time, accounts::watched);
        LlmProvider provider = null;
        String reason;
        boolean failed = false;
        try {
            provider = found.factory().create(config);
            UnknownKeys.refuse(config);
            failed = provider == null;
            reason = config.unusableReason().orElse(failed ? "failed to start: its factory made nothing" : "");
            if (reason.isEmpty() && faults.size() == before) {
                provider.initialize();
            }
        } catch (RuntimeException | LinkageError e) {
            reason = "failed to start: " + e;
            failed = true;
        }
        if (failed) {
            problems.accept(new DiscoveryProblem(found.jar(), block.name() + " " + reason));
        }
        boolean usable = reason.isEmpty() && faults.size() == before && provider != null;
        if (!usable) {
            report(block, reason, failed);
            if (provider != null) {
                closeQuietly(provider);
            }
        }
        result.accept(
                new ProviderStatus(
                        block.name(),
                        block.type(),
                        found.jar(),
                        usable,
                        reason.isEmpty() && !usable ? "its configuration is wrong" : reason),
                usable ? Optional.of(new Made(Objects.requireNonNull(provider), block, accounts)) : Optional.empty());
    }

    private void report(ProviderSettings block, String reason, boolean failed) {
        if (!reason.isEmpty()) {
            // Without any configuration a missing key is no mishap: the provider just is not meant.
            Level level = settings.providersConfigured() || failed ? Level.WARNING : Level.DEBUG;
            LOG.log(level, "provider " + block.name() + " is left out: " + reason);
        }
    }

    static void closeQuietly(LlmProvider provider) {
        try {
            provider.close();
        } catch (RuntimeException | LinkageError | AssertionError e) {
            LOG.log(Level.WARNING, "provider failed to close", e);
        }
    }

    private String unknownType(String type) {
        if (discovery.twice().containsKey(type)) {
            return "type \"" + type + "\" is offered by several jars and so by none: "
                    + String.join(", ", discovery.twice().get(type));
        }
        List<String> found = new ArrayList<>(discovery.factories().keySet());
        return "unknown type \"" + type + "\"; found: "
                + (found.isEmpty() ? "no provider jar" : String.join(", ", found));
    }
}
