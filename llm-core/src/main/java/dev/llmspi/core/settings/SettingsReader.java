package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.config.ConfigTree;
import dev.llmspi.core.config.UnknownKeys;
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
import org.jspecify.annotations.Nullable;

/** Reads settings from a tree: every key by name, whatever is wrong into one list, and nothing passed over in silence. */
final class SettingsReader {

    private static final Map<String, ErrorKind> KINDS = new LinkedHashMap<>();

    static {
        for (ErrorKind kind : ErrorKind.values()) {
            KINDS.put(kind.id(), kind);
        }
    }

    private final ConfigTree tree;
    private final List<ConfigFault> faults;

    SettingsReader(ConfigTree tree, List<ConfigFault> faults) {
        this.tree = tree;
        this.faults = faults;
    }

    LlmSettings read(boolean providersConfigured) {
        ConfigBlock root = new ConfigBlock("llm", tree.object("llm"), tree::origin, faults);
        TimeoutSettings timeouts = timeouts(root.block("timeouts"));
        Policies policies = policies(root, Policies.DEFAULTS);
        LlmSettings settings = new LlmSettings(
                text(root, "preferred-provider"),
                new ChainsReader(tree, faults).read(root.block("chains")),
                models(root.block("models")),
                profiles(root.block("agents"), Place.AGENT),
                profiles(root.block("modes"), Place.MODE),
                timeouts,
                policies,
                pluginsDir(root.block("plugins")),
                providers(root.block("providers"), policies),
                providersConfigured,
                tree::origin);
        UnknownKeys.refuse(root);
        return settings;
    }

    /** A text; a blank one is none. */
    private static Optional<String> text(ConfigBlock block, String key) {
        Optional<String> text = block.string(key);
        return text.isPresent() && text.get().isBlank() ? Optional.empty() : text;
    }

    private TimeoutSettings timeouts(ConfigBlock block) {
        TimeoutSettings.Builder builder = TimeoutSettings.builder();
        clock(block, "connect", builder::connect);
        clock(block, "first-token", builder::firstToken);
        clock(block, "idle", builder::idle);
        clock(block, "attempt", builder::attempt);
        clock(block, "total", builder::total);
        UnknownKeys.refuse(block);
        return builder.build();
    }

    private static void clock(ConfigBlock block, String key, Consumer<Duration> set) {
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
                .delay(block.duration("delay", wider.delay()))
                .maxDelay(block.duration("max-delay", wider.maxDelay()))
                .maxRetryAfter(block.duration("max-retry-after", wider.maxRetryAfter()))
                .maxWaitBeforeNext(block.duration("max-wait-before-next", wider.maxWaitBeforeNext()))
                .maxAfterTimeout(block.integer("max-after-timeout", wider.maxAfterTimeout(), 0))
                .budget(block.integer("budget", wider.budget(), 0))
                .on(kinds(block, "on", wider.on()));
        UnknownKeys.refuse(block);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            block.fault(block.has("delay") ? "delay" : "max-delay", String.valueOf(e.getMessage()));
            return wider;
        }
    }

    private Set<ErrorKind> fallback(ConfigBlock block, Set<ErrorKind> wider) {
        Set<ErrorKind> on = kinds(block, "on", wider);
        UnknownKeys.refuse(block);
        return on;
    }

    private static Set<ErrorKind> kinds(ConfigBlock block, String key, Set<ErrorKind> fallback) {
        if (!block.has(key)) {
            return fallback;
        }
        Set<ErrorKind> kinds = EnumSet.noneOf(ErrorKind.class);
        for (String id : block.strings(key, List.of())) {
            ErrorKind kind = KINDS.get(id);
            if (kind == null) {
                block.fault(key, "\"" + id + "\" is no kind of error" + UnknownKeys.didYouMean(id, KINDS.keySet()));
            } else {
                kinds.add(kind);
            }
        }
        return kinds;
    }

    private static Optional<Path> pluginsDir(ConfigBlock block) {
        Optional<String> text = text(block, "dir");
        UnknownKeys.refuse(block);
        try {
            return text.isPresent() ? Optional.of(Path.of(text.get())) : Optional.empty();
        } catch (InvalidPathException e) {
            block.fault("dir", "is no path");
            return Optional.empty();
        }
    }

    private Policies policies(ConfigBlock block, Policies wider) {
        return new Policies(
                retry(block.block("retry"), wider.retry()),
                fallback(block.block("fallback"), wider.fallbackOn()),
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
        UnknownKeys.refuse(block);
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
        UnknownKeys.refuse(block);
        return builder.build();
    }

    private static Map<String, Map<String, String>> models(ConfigBlock block) {
        Map<String, Map<String, String>> aliases = new LinkedHashMap<>();
        for (String alias : block.keys()) {
            aliases.put(alias, Map.copyOf(block.map(alias)));
        }
        return aliases;
    }

    /** Where a profile stands: at a provider it cannot choose where the call goes, nor how long all of it may take. */
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
            block.fault("timeouts", "total stands in llm.agents or llm.modes: it is the clock of the whole call");
        }
        ProfileSettings profile = new ProfileSettings(
                block.string("model").orElse(null),
                place == Place.AT_PROVIDER ? null : block.string("chain").orElse(null),
                place == Place.MODE ? block.string("provider").orElse(null) : null,
                block.number("temperature", 0, 2).orElse(null),
                tokens,
                reasoning(text(block, "reasoning")),
                timeouts);
        UnknownKeys.refuse(block);
        return profile;
    }

    /** An effort word, or a number of tokens. */
    private static @Nullable Reasoning reasoning(Optional<String> text) {
        if (text.isEmpty()) {
            return null;
        }
        String word = text.get();
        return word.matches("[1-9]\\d{0,8}") ? Reasoning.maxTokens(Integer.parseInt(word)) : Reasoning.effort(word);
    }

    private Map<String, ProviderSettings> providers(ConfigBlock blocks, Policies wider) {
        Map<String, ProviderSettings> providers = new LinkedHashMap<>();
        for (String name : blocks.keys()) {
            providers.put(name, provider(name, blocks.block(name), wider));
        }
        return providers;
    }

    private ProviderSettings provider(String name, ConfigBlock block, Policies wider) {
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

    /** What is left for the factory: the keys nobody has read here. */
    private Map<String, Object> rest(String name, ConfigBlock block) {
        Map<String, Object> values = new LinkedHashMap<>(tree.object("llm", "providers", name));
        values.keySet().retainAll(block.unread());
        return values;
    }
}
