package dev.llmspi.core.settings;

import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.SpellingHint;
import dev.llmspi.core.config.ConfigTree;
import dev.llmspi.core.config.Hocon;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sources of {@link LlmSettings}, which are HOCON, environment variables and values set by code. Not thread-safe.
 */
final class SettingsSources {

    private static final Logger LOG = System.getLogger("dev.llmspi.registry");
    private static final String BY_CODE = "set by code";
    private static final String ROOT = "llm";

    /** The keys below llm that are objects. The only other key is a text. */
    private static final Set<String> SECTIONS = Set.of(
            "chains",
            "models",
            "agents",
            "modes",
            "timeouts",
            "retry",
            "fallback",
            "cooldown",
            "limits",
            "plugins",
            "providers");

    private static final String PREFERRED = "preferred-provider";

    private final List<ConfigFault> faults = new ArrayList<>();
    /** The sources that contain something, but no settings. */
    private final Map<String, Hocon> foreign = new LinkedHashMap<>();

    private @Nullable Hocon hocon;
    private Map<String, String> environment = Map.of();
    private final ConfigTree code = ConfigTree.empty();

    /**
     * Adds {@code application.conf} and the system properties, which may contain nothing but the application's own
     * settings.
     *
     * @param loader null for the context class loader
     */
    void application(@Nullable ClassLoader loader) {
        read(() -> Hocon.application(loader, SettingsSources::isWanted)).ifPresent(source -> {
            Set<String> keys = source.keys();
            if (!keys.contains(ROOT) && (keys.contains("chains") || keys.contains("providers"))) {
                LOG.log(
                        Level.WARNING,
                        "application.conf has no section llm; if chains or providers are meant as settings of llmspi, "
                                + "write them inside llm { … }");
            }
        });
    }

    /**
     * Adds a HOCON source, which overrides sources added before. If the source cannot be read, {@link #read} reports a
     * fault.
     */
    void add(String name, Supplier<Hocon> source) {
        read(source)
                .filter(added -> !added.keys().isEmpty() && !added.keys().contains(ROOT))
                .ifPresent(added -> foreign.put(name, added));
    }

    private Optional<Hocon> read(Supplier<Hocon> source) {
        try {
            Hocon upper = source.get();
            hocon = hocon == null ? upper : upper.over(hocon);
            return Optional.of(upper);
        } catch (Hocon.ReadException e) {
            faults.add(fault(e));
            return Optional.empty();
        }
    }

    /**
     * Whether a system property is read. An application may have properties of its own that begin with {@code llm.},
     * such as {@code llm.home}. They are ignored, unlike wrong keys below a section.
     */
    private static boolean isWanted(String property) {
        if (!property.equals(ROOT) && !property.startsWith(ROOT + ".")) {
            return true; // substitutions may use it
        }
        String[] keys = property.split("\\.", 3);
        String key = keys.length > 1 ? keys[1] : "";
        if (keys.length > 2 ? SECTIONS.contains(key) : key.equals(PREFERRED)) {
            return true;
        }
        Set<String> known = new TreeSet<>(SECTIONS);
        known.add(PREFERRED);
        Optional<String> meant = known.contains(key) ? Optional.of(key) : SpellingHint.nearest(key, known);
        if (meant.isPresent()) {
            LOG.log(
                    Level.WARNING,
                    "the system property " + property + " is ignored, because it is no setting of llmspi; did you mean "
                            + ROOT + "." + meant.get() + (meant.get().equals(PREFERRED) ? "?" : ".…?"));
        }
        return false;
    }

    void environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
    }

    /** Sets the value of a path, which is given as a list of keys. */
    void set(List<String> keys, Object value) {
        code.put(keys, value, BY_CODE);
    }

    /** Sets the value of a path that begins with {@code llm.}. */
    void set(String path, Object value) {
        set(path, Objects.requireNonNull(value, path), BY_CODE);
    }

    /** Sets the value of a path that begins with {@code llm.}. {@link #read} reports a fault for any other path. */
    void set(String path, Object value, String origin) {
        try {
            List<String> keys = Hocon.keys(path);
            if (keys.get(0).equals(ROOT) && keys.size() > 1) {
                code.put(keys, value, origin);
            } else {
                faults.add(new ConfigFault(path, origin, "must begin with \"llm.\""));
            }
        } catch (Hocon.ReadException e) {
            faults.add(new ConfigFault(path, origin, String.valueOf(e.getMessage())));
        }
    }

    /** Reads all sources, or throws one exception that lists all faults. */
    LlmSettings read() {
        List<ConfigFault> found = new ArrayList<>();
        LlmSettings settings = read(found);
        if (!found.isEmpty()) {
            throw new LlmConfigException(found);
        }
        return settings;
    }

    /** Reads as much as possible and adds all faults to the list. */
    LlmSettings read(List<ConfigFault> found) {
        found.addAll(faults);
        ConfigTree text = ConfigTree.empty();
        try {
            text = hocon == null ? text : hocon.tree(ROOT, environment);
        } catch (Hocon.ReadException e) {
            found.add(fault(e));
        }
        addForeign(text, found);
        Map<String, Object> blocks = code.over(text).object(ROOT, "providers");
        List<ConfigFault> ofVariables = new ArrayList<>();
        ConfigTree variables = EnvironmentVariables.layer(environment, ofVariables);
        boolean anyConfigured = !blocks.isEmpty();
        if (anyConfigured || !ofVariables.isEmpty()) {
            ConfigTree all = code.over(variables.over(text));
            Set<String> used = namedProviders(all);
            boolean allAreLinks = !all.object(ROOT, "chains").containsKey("default");
            EnvironmentVariables.completeOpenAi(variables, blocks, name -> allAreLinks || used.contains(name));
            used.addAll(blocks.keySet());
            if (anyConfigured) {
                // A variable completes a configured block, or makes the block of a provider that the settings name. It
                // adds no other blocks to the configured ones.
                variables.object(ROOT, "providers").keySet().retainAll(used);
            }
            ofVariables.removeIf(
                    fault -> !EnvironmentVariables.concerns(fault, variables, used::contains, anyConfigured));
            found.addAll(ofVariables);
        }
        return new SettingsReader(code.over(variables.over(text)), found).read(blocks.keySet());
    }

    /**
     * Reports sources without a section llm. Such a source may define values for the substitutions of another source,
     * so it is a fault only if it contains settings or if there is no other source.
     */
    private void addForeign(ConfigTree text, List<ConfigFault> found) {
        for (Map.Entry<String, Hocon> source : foreign.entrySet()) {
            boolean misplaced = source.getValue().keys().stream().anyMatch(SECTIONS::contains);
            if (misplaced || !text.values().containsKey(ROOT)) {
                found.add(new ConfigFault(
                        ROOT, source.getKey(), "there is no section llm; write the settings inside llm { … }"));
            }
        }
    }

    /** Returns the providers that chains, modes and the preferred provider name. The set ignores case. */
    private static Set<String> namedProviders(ConfigTree all) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.add(String.valueOf(all.object(ROOT).get(PREFERRED)));
        for (Object mode : all.object(ROOT, "modes").values()) {
            if (mode instanceof Map<?, ?> values) {
                names.add(String.valueOf(values.get("provider")));
            }
        }
        List<ConfigFault> ignored = new ArrayList<>(); // reported when the settings are read
        ConfigBlock chains = new ConfigBlock("llm.chains", all.object(ROOT, "chains"), all::origin, ignored);
        for (List<LinkSettings> links :
                new ChainsReader(all, ignored).read(chains).values()) {
            links.forEach(link -> names.add(link.provider()));
        }
        return names;
    }

    private static ConfigFault fault(Hocon.ReadException e) {
        return new ConfigFault(ROOT, e.origin(), String.valueOf(e.getMessage()));
    }
}
