package dev.llmspi.core.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A HOCON text on its way to a {@link ConfigTree}. Substitutions such as <code>${?NAME}</code> see the variables that are handed
 * in, never the process's own environment: the caller decides what counts.
 */
public final class Hocon {

    private final Config config;

    private Hocon(Config config) {
        this.config = config;
    }

    /** {@code application.conf} and its relatives from the class loader, below system properties. */
    public static Hocon application(ClassLoader loader) {
        return guarded("application.conf", () -> ConfigFactory.defaultOverrides(loader)
                .withFallback(ConfigFactory.defaultApplication(loader)));
    }

    public static Hocon file(Path path) {
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new HoconException(path.toString(), "there is no such file, or it cannot be read");
        }
        return guarded(path.toString(), () -> ConfigFactory.parseFile(path.toFile(), named(path.toString())));
    }

    /** A resource on the class path or at the root of a module, which need not be exported. */
    public static Hocon resource(String name, ClassLoader loader) {
        return guarded(
                name,
                () -> ConfigFactory.parseResources(
                        loader, name, ConfigParseOptions.defaults().setAllowMissing(false)));
    }

    public static Hocon text(String hocon, String origin) {
        return guarded(origin, () -> ConfigFactory.parseString(hocon, named(origin)));
    }

    /** A JSON object, for variables that hold one. */
    public static Map<String, Object> json(String json, String origin) {
        ConfigParseOptions strict = named(origin).setSyntax(ConfigSyntax.JSON);
        return read(
                guarded(origin, () -> ConfigFactory.parseString(json, strict))
                        .config
                        .root(),
                "",
                new LinkedHashMap<>());
    }

    /** This text, and where it says nothing, the other one. */
    public Hocon over(Hocon lower) {
        return new Hocon(config.withFallback(lower.config));
    }

    /** Resolves substitutions and takes out one object with the place of every value; an empty one if it is not there. */
    public ConfigTree tree(String root, Map<String, String> variables) {
        Config resolved = guarded(
                        root,
                        () -> config.resolve(ConfigResolveOptions.defaults()
                                .setUseSystemEnvironment(false)
                                .appendResolver(new Variables(variables))))
                .config;
        Map<String, String> origins = new LinkedHashMap<>();
        ConfigValue found = resolved.hasPath(root) ? resolved.getValue(root) : null;
        if (found != null && !(found instanceof ConfigObject)) {
            throw new HoconException(found.origin().description(), "\"" + root + "\" must be an object { … }");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        if (found instanceof ConfigObject object) {
            values.put(root, read(object, root, origins));
        }
        return new ConfigTree(values, origins);
    }

    private static Map<String, Object> read(ConfigObject object, String path, Map<String, String> origins) {
        Map<String, Object> values = new LinkedHashMap<>();
        // HOCON objects have no order; the lines of the file give it back, so that faults come in the order of the
        // text.
        object.entrySet().stream()
                .sorted((a, b) -> Integer.compare(line(a.getValue()), line(b.getValue())))
                .forEach(entry -> {
                    String key = entry.getKey();
                    String full = path + "." + ConfigTree.quoted(key);
                    ConfigValue value = entry.getValue();
                    if (value.valueType() == ConfigValueType.NULL) {
                        return;
                    }
                    origins.put(full, value.origin().description());
                    values.put(
                            key, value instanceof ConfigObject inner ? read(inner, full, origins) : value.unwrapped());
                });
        return values;
    }

    private static int line(ConfigValue value) {
        return value.origin().lineNumber();
    }

    private static ConfigParseOptions named(String origin) {
        return ConfigParseOptions.defaults().setOriginDescription(origin);
    }

    private static Hocon guarded(String origin, Supplier<Config> parse) {
        try {
            return new Hocon(parse.get());
        } catch (ConfigException e) {
            throw new HoconException(e.origin() == null ? origin : e.origin().description(), what(e));
        }
    }

    /** The library's own words quote the text around a mistake, and that may be a key. */
    private static String what(ConfigException error) {
        if (error instanceof ConfigException.UnresolvedSubstitution) {
            return "a substitution ${…} has no value; write ${?…} if it may be missing";
        }
        if (error instanceof ConfigException.IO) {
            return "cannot be read";
        }
        return "is no HOCON; look for quotes, brackets and = on this line or before it";
    }

    private record Variables(Map<String, String> variables) implements ConfigResolver {
        @Override
        public @Nullable ConfigValue lookup(String path) {
            String value = variables.get(path);
            return value == null || value.isBlank()
                    ? null
                    : ConfigValueFactory.fromAnyRef(value, "environment variable " + path);
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this; // the only other one is the library's own, which finds nothing
        }

        /** Does not show the values: keys are among them. */
        @Override
        public String toString() {
            return "Variables" + variables.keySet();
        }
    }

    /** Splits a path expression such as {@code llm.models."a.b".x} into its keys. */
    public static List<String> keys(String path) {
        try {
            return ConfigUtil.splitPath(path);
        } catch (ConfigException e) {
            throw new HoconException(path, "is no path of keys joined by dots");
        }
    }
}
