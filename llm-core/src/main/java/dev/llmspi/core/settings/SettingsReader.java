package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.SpellingHint;
import dev.llmspi.core.config.ConfigTree;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads settings from a configuration tree. Adds each invalid value and each unknown key to a list of faults. */
final class SettingsReader {

    private static final Map<String, ErrorKind> KINDS = new LinkedHashMap<>();
    private static final Map<String, Optional<Boolean>> AFTER_A_REFUSAL = new LinkedHashMap<>();

    static {
        for (ErrorKind kind : ErrorKind.values()) {
            KINDS.put(kind.id(), kind);
        }
        AFTER_A_REFUSAL.put("next", Optional.of(true));
        AFTER_A_REFUSAL.put("stop", Optional.of(false));
    }

    /** The fault text for a blank model name, which an empty variable can cause. */
    static final String BLANK_MODEL = "must not be blank; name a model or remove the key";

    private final ConfigTree tree;
    private final List<ConfigFault> faults;

    SettingsReader(ConfigTree tree, List<ConfigFault> faults) {
        this.tree = tree;
        this.faults = faults;
    }

    /** @param configured the names of the blocks that are not only set by environment variables */
    LlmSettings read(Set<String> configured) {
        ConfigBlock root = new ConfigBlock("llm", tree.object("llm"), tree::origin, faults);
        TimeoutSettings timeouts = timeouts(root.block("timeouts"));
        ProviderSettings.Policies policies = policies(root, ProviderSettings.Policies.DEFAULTS);
        LlmSettings settings = new LlmSettings(
                text(root, "preferred-provider"),
                new ChainsReader(tree, faults).read(root.block("chains")),
                models(root.block("models")),
                profiles(root.block("agents"), Place.AGENT),
                profiles(root.block("modes"), Place.MODE),
                timeouts,
                policies,
                pluginFolders(root.block("plugins")),
                providers(root.block("providers"), policies),
                configured,
                tree::origin);
        root.refuseUnread();
        return settings;
    }

    /** Reads a string. A blank string counts as missing. */
    private static Optional<String> text(ConfigBlock block, String key) {
        Optional<String> text = block.string(key);
        return text.isPresent() && text.get().isBlank() ? Optional.empty() : text;
    }

    /** Reads a model name. A blank string is a fault. */
    static Optional<String> model(ConfigBlock block, String key) {
        Optional<String> model = block.string(key);
        if (model.isPresent() && model.get().isBlank()) {
            block.fault(key, BLANK_MODEL);
            return Optional.empty();
        }
        return model;
    }

    private TimeoutSettings timeouts(ConfigBlock block) {
        TimeoutSettings.Builder builder = TimeoutSettings.builder();
        timeout(block, "connect", builder::connect);
        timeout(block, "first-token", builder::firstToken);
        timeout(block, "idle", builder::idle);
        timeout(block, "attempt", builder::attempt);
        timeout(block, "total", builder::total);
        block.refuseUnread();
        return builder.build();
    }

    private static void timeout(ConfigBlock block, String key, Consumer<Duration> set) {
        if (block.has(key)) {
            Duration limit = block.duration(key, Duration.ofSeconds(1));
            if (limit.isZero()) {
                block.fault(key, "must be longer than 0");
            } else {
                set.accept(limit);
            }
        }
    }

    private RetrySettings retry(ConfigBlock block, RetrySettings wider) {
        RetrySettings.Builder builder = wider.toBuilder()
                .maxRetries(block.integer("max-retries", wider.maxRetries(), 0))
                .maxRetryAfter(block.duration("max-retry-after", wider.maxRetryAfter()))
                .maxWaitBeforeNext(block.duration("max-wait-before-next", wider.maxWaitBeforeNext()))
                .maxAfterTimeout(block.integer("max-after-timeout", wider.maxAfterTimeout(), 0))
                .budget(block.integer("budget", wider.budget(), 0))
                .on(kinds(block, "on", wider.on()));
        if (block.has("delay")) {
            builder.delay(block.duration("delay", wider.delay()));
        }
        if (block.has("max-delay")) {
            builder.maxDelay(block.duration("max-delay", wider.maxDelay()));
        }
        block.refuseUnread();
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            block.fault(block.has("delay") ? "delay" : "max-delay", String.valueOf(e.getMessage()));
            return wider;
        }
    }

    private static FallbackSettings fallback(ConfigBlock block, FallbackSettings wider) {
        FallbackSettings settings = wider.with(
                block.has("on") ? Optional.of(kinds(block, "on", Set.of())) : Optional.empty(),
                fallsBack(block, "after-content-filter"),
                fallsBack(block, "unrecognised"));
        block.refuseUnread();
        return settings;
    }

    private static Optional<Boolean> fallsBack(ConfigBlock block, String key) {
        return block.choice(key, Optional.empty(), AFTER_A_REFUSAL);
    }

    private static Set<ErrorKind> kinds(ConfigBlock block, String key, Set<ErrorKind> fallback) {
        if (!block.has(key)) {
            return fallback;
        }
        Set<ErrorKind> kinds = EnumSet.noneOf(ErrorKind.class);
        for (String id : block.strings(key, List.of())) {
            ErrorKind kind = KINDS.get(id);
            if (kind == null) {
                block.fault(key, "\"" + id + "\" is not a kind of error" + SpellingHint.of(id, KINDS.keySet()));
            } else {
                kinds.add(kind);
            }
        }
        return kinds;
    }

    /** Reads folders that are separated as on a class path, so that a program can add its own to those of the user. */
    private static List<Path> pluginFolders(ConfigBlock block) {
        String text = block.string("dir", "");
        block.refuseUnread();
        try {
            Stream<String> dirs = Stream.of(text.split(File.pathSeparator));
            return dirs.filter(dir -> !dir.isBlank()).map(Path::of).toList();
        } catch (InvalidPathException e) {
            block.fault("dir", "is not a valid path");
            return List.of();
        }
    }

    private ProviderSettings.Policies policies(ConfigBlock block, ProviderSettings.Policies wider) {
        return new ProviderSettings.Policies(
                retry(block.block("retry"), wider.retry()),
                fallback(block.block("fallback"), wider.fallback()),
                cooldown(block.block("cooldown"), wider.cooldown()),
                limits(block.block("limits"), wider.limits()));
    }

    private static CooldownSettings cooldown(ConfigBlock block, CooldownSettings wider) {
        CooldownSettings.Builder builder = wider.toBuilder()
                .afterFailures(block.integer("after-failures", wider.afterFailures(), 0))
                .ofAttempts(block.integer("of-attempts", wider.ofAttempts(), 1))
                .delay(block.duration("delay", wider.delay()))
                .maxDelay(block.duration("max-delay", wider.maxDelay()))
                .authentication(block.duration("authentication", wider.authentication()))
                .exhausted(block.duration("exhausted", wider.exhausted()))
                .max(block.duration("max", wider.max()));
        block.refuseUnread();
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            block.fault(
                    block.has("after-failures") || block.has("of-attempts") ? "after-failures" : "delay",
                    String.valueOf(e.getMessage()));
            return wider;
        }
    }

    private static LimitSettings limits(ConfigBlock block, LimitSettings wider) {
        LimitSettings.Builder builder = wider.toBuilder();
        if (block.has("max-concurrent")) {
            builder.maxConcurrent(block.integer("max-concurrent", 1, 1));
        }
        if (block.has("requests-per-minute")) {
            builder.requestsPerMinute(block.integer("requests-per-minute", 1, 1));
        }
        block.refuseUnread();
        return builder.build();
    }

    private static Map<String, Map<String, String>> models(ConfigBlock block) {
        Map<String, Map<String, String>> aliases = new LinkedHashMap<>();
        for (String alias : block.keys()) {
            ConfigBlock entries = block.block(alias);
            Map<String, String> models = new LinkedHashMap<>();
            for (String provider : entries.keys()) {
                model(entries, provider).ifPresent(model -> models.put(provider, model));
            }
            aliases.put(alias, Map.copyOf(models));
        }
        return aliases;
    }

    /**
     * The kind of block that contains a profile. A profile in a provider's block cannot set the chain, the provider or
     * the total timeout.
     */
    private enum Place {
        AGENT,
        MODE,
        AT_PROVIDER
    }

    private Map<String, ProfileSettings> profiles(ConfigBlock blocks, Place place) {
        Map<String, ProfileSettings> profiles = new LinkedHashMap<>();
        for (String name : blocks.keys()) {
            profiles.put(name, profile(blocks.block(name), place));
        }
        return profiles;
    }

    private ProfileSettings profile(ConfigBlock block, Place place) {
        int tokens = block.integer("max-output-tokens", 0, 1);
        TimeoutSettings timeouts = timeouts(block.block("timeouts"));
        if (place == Place.AT_PROVIDER && timeouts.ownTotal().isPresent()) {
            block.fault("timeouts", "total is the timeout of the whole call: set it in llm.agents or llm.modes");
        }
        ProfileSettings profile = new ProfileSettings(
                model(block, "model").orElse(null),
                place == Place.AT_PROVIDER ? null : block.string("chain").orElse(null),
                place == Place.MODE ? block.string("provider").orElse(null) : null,
                block.number("temperature", 0, 2).orElse(null),
                tokens,
                reasoning(block),
                timeouts);
        block.refuseUnread();
        return profile;
    }

    private static @Nullable Reasoning reasoning(ConfigBlock block) {
        Optional<String> text = text(block, "reasoning");
        try {
            return text.isPresent() ? Reasoning.parse(text.get()) : null;
        } catch (IllegalArgumentException e) {
            block.fault("reasoning", String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Map<String, ProviderSettings> providers(ConfigBlock blocks, ProviderSettings.Policies wider) {
        Map<String, ProviderSettings> providers = new LinkedHashMap<>();
        for (String name : blocks.keys()) {
            providers.put(name, provider(name, blocks.block(name), wider));
        }
        return providers;
    }

    private ProviderSettings provider(String name, ConfigBlock block, ProviderSettings.Policies wider) {
        String type = block.string("type", name);
        return new ProviderSettings(
                name,
                type,
                text(block, "default-model").orElse(null),
                text(block, "account").orElse(null),
                timeouts(block.block("timeouts")),
                policies(block, wider),
                profiles(block.block("agents"), Place.AT_PROVIDER),
                profiles(block.block("modes"), Place.AT_PROVIDER),
                rest(name, block));
    }

    /** Returns the keys that were not read here, because the provider's factory reads them. */
    private Map<String, Object> rest(String name, ConfigBlock block) {
        Map<String, Object> values = new LinkedHashMap<>(tree.object("llm", "providers", name));
        values.keySet().retainAll(block.unread());
        values.keySet().forEach(block::ignore);
        return values;
    }
}
