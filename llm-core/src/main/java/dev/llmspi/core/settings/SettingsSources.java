package dev.llmspi.core.settings;

import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.config.ConfigTree;
import dev.llmspi.core.config.Hocon;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sources of {@link LlmSettings}, which are HOCON, environment variables and values set by code. Not thread-safe.
 */
final class SettingsSources {

    private static final String BY_CODE = "set by code";

    private final List<ConfigFault> unreadable = new ArrayList<>();
    private @Nullable Hocon hocon;
    private Map<String, String> environment = Map.of();
    private final ConfigTree code = ConfigTree.empty();

    /**
     * Adds a HOCON source, which overrides sources added before. If the source cannot be read, {@link #read} reports a
     * fault.
     */
    void add(Supplier<Hocon> source) {
        try {
            Hocon upper = source.get();
            hocon = hocon == null ? upper : upper.over(hocon);
        } catch (Hocon.ReadException e) {
            unreadable.add(fault(e));
        }
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
        set(path, value, BY_CODE);
    }

    void set(String path, Object value, String origin) {
        List<String> keys;
        try {
            keys = Hocon.keys(path);
        } catch (Hocon.ReadException e) {
            throw new LlmConfigException(path, String.valueOf(e.getMessage()));
        }
        if (!keys.get(0).equals("llm") || keys.size() < 2) {
            throw new LlmConfigException(path, "must begin with \"llm.\"");
        }
        code.put(keys, value, origin);
    }

    /** Reads all sources, or throws one exception that lists all faults. */
    LlmSettings read() {
        List<ConfigFault> faults = new ArrayList<>();
        LlmSettings settings = read(faults);
        if (!faults.isEmpty()) {
            throw new LlmConfigException(faults);
        }
        return settings;
    }

    /** Reads as much as possible and adds all faults to the list. */
    LlmSettings read(List<ConfigFault> faults) {
        faults.addAll(unreadable);
        ConfigTree text = ConfigTree.empty();
        try {
            text = hocon == null ? text : hocon.tree("llm", environment);
        } catch (Hocon.ReadException e) {
            faults.add(fault(e));
        }
        ConfigTree configured = code.over(text);
        boolean providersConfigured = !configured.object("llm", "providers").isEmpty();
        ConfigTree variables = EnvironmentVariables.layer(environment, faults);
        if (providersConfigured) {
            // A variable can complete the configured block of its provider, but it cannot add a block to the configured
            // ones.
            variables
                    .object("llm", "providers")
                    .keySet()
                    .retainAll(configured.object("llm", "providers").keySet());
        }
        ConfigTree all = code.over(variables.over(text));
        return new SettingsReader(all, faults).read(providersConfigured);
    }

    private static ConfigFault fault(Hocon.ReadException e) {
        return new ConfigFault("llm", e.origin(), String.valueOf(e.getMessage()));
    }
}
