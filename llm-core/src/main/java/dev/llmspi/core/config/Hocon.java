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
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parsed HOCON whose substitutions are not resolved yet. A substitution such as <code>${?NAME}</code> uses only the
 * variables passed by the caller, and never the environment of the process.
 */
public final class Hocon {

    /**
     * Thrown if a source cannot be read or is not valid HOCON. The message never quotes the source, which may contain
     * API keys.
     */
    public static final class ReadException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final String origin;

        private ReadException(String origin, String text) {
            super(text);
            this.origin = origin;
        }

        /** Returns the file and line of the mistake, or the name of the source. */
        public String origin() {
            return origin;
        }
    }

    /** The part of an error message that says that a character needs quotes. */
    private static final Pattern UNQUOTED = Pattern.compile("not allowed outside quotes|not followed by =|got '[:=]'");

    private final Config config;

    private Hocon(Config config) {
        this.config = config;
    }

    /**
     * Reads {@code application.conf}, {@code .json} and {@code .properties}. System properties override these files.
     *
     * @param given the class loader of the files; null for the thread's context class loader, or else the library's own
     * @param wanted tests by its name whether a system property is read
     */
    public static Hocon application(@Nullable ClassLoader given, Predicate<String> wanted) {
        ClassLoader context = given != null ? given : Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context != null ? context : Hocon.class.getClassLoader();
        return guarded("application.conf", () -> systemProperties(wanted)
                .withFallback(ConfigFactory.defaultApplication(loader)));
    }

    /** Reads the system properties as they are now. The library's own method returns those of its first use. */
    private static Config systemProperties(Predicate<String> wanted) {
        Properties now = new Properties();
        for (String name : System.getProperties().stringPropertyNames()) {
            String value = System.getProperty(name);
            // java.version.date would replace java.version, because a path cannot be both a text and an object.
            if (value != null && !name.startsWith("java.version.") && wanted.test(name)) {
                now.setProperty(name, value);
            }
        }
        Config properties = ConfigFactory.parseProperties(now, named("system properties"));
        return Boolean.getBoolean("config.override_with_env_vars")
                ? ConfigFactory.systemEnvironmentOverrides().withFallback(properties)
                : properties;
    }

    /** Reads a file. Its includes are relative to its folder. */
    public static Hocon file(Path path) {
        String name = path.toString();
        if (!Files.exists(path)) {
            throw new ReadException(name, "the file does not exist");
        }
        if (Files.isDirectory(path)) {
            throw new ReadException(name, "is a folder; name a file");
        }
        if (!Files.isReadable(path)) {
            throw new ReadException(name, "this process may not read the file");
        }
        // Includes are found only if the file has a folder, which a bare file name does not have.
        return guarded(name, () -> ConfigFactory.parseFile(path.toAbsolutePath().toFile(), named(name)));
    }

    /** Reads a resource from the class path or from the root of a module, which does not have to open it. */
    public static Hocon resource(String name, ClassLoader loader) {
        return guarded(
                name,
                () -> ConfigFactory.parseResources(
                        loader, name, ConfigParseOptions.defaults().setAllowMissing(false)));
    }

    public static Hocon text(String hocon, String origin) {
        return guarded(origin, () -> ConfigFactory.parseString(hocon, named(origin)));
    }

    /** Reads a JSON object from the value of an environment variable. */
    public static Map<String, Object> json(String json, String origin) {
        ConfigParseOptions strict = named(origin).setSyntax(ConfigSyntax.JSON);
        return read(
                guarded(origin, () -> ConfigFactory.parseString(json, strict))
                        .config
                        .root(),
                "",
                new LinkedHashMap<>());
    }

    /** Returns the keys at the top level. */
    public Set<String> keys() {
        return config.root().keySet();
    }

    /** Returns this HOCON, in which missing values are taken from the lower HOCON. */
    public Hocon over(Hocon lower) {
        return new Hocon(config.withFallback(lower.config));
    }

    /**
     * Resolves the substitutions and returns one root object with the origin of every value. The tree is empty if there
     * is no such object.
     */
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
            throw new ReadException(found.origin().description(), "\"" + root + "\" must be an object { … }");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        if (found instanceof ConfigObject object) {
            values.put(root, read(object, root, origins));
        }
        return new ConfigTree(values, origins);
    }

    private static Map<String, Object> read(ConfigObject object, String path, Map<String, String> origins) {
        Map<String, Object> values = new LinkedHashMap<>();
        // HOCON objects have no order, so values are sorted by line to report faults in the order of the text.
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
            throw new ReadException(e.origin() == null ? origin : e.origin().description(), message(e));
        }
    }

    /**
     * Replaces the library's error message, which quotes the text around a mistake and could therefore reveal an API
     * key.
     */
    private static String message(ConfigException error) {
        if (error instanceof ConfigException.UnresolvedSubstitution) {
            return "a substitution ${…} has no value; write ${?…} if it may be missing";
        }
        if (error instanceof ConfigException.IO) {
            return "cannot be read, or includes a file that cannot be read";
        }
        if (UNQUOTED.matcher(String.valueOf(error.getMessage())).find()) {
            return "is not valid HOCON: a value with a special character, such as the colon of a URL, must be in "
                    + "double quotes (base-url = \"https://host/v1\"); settings are separated by commas or new lines";
        }
        return "is not valid HOCON; check quotes, brackets and = on this line and the lines before it";
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
            return this; // the only other resolver is the library's own, which finds nothing
        }

        /** Returns a description without the values, which may be API keys. */
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
            throw new ReadException(
                    path, "is not a valid path; separate keys with dots, and put a key with dots in quotes");
        }
    }
}
