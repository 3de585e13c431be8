package dev.llmspi.api.spi;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A configuration block with typed read methods. Each read marks its key as known. If a value is invalid, the read adds
 * a {@link ConfigFault} and returns the default, so that one run reports all faults. Keys that were not read are faults
 * too; see {@link #refuseUnread}. Values may be strings or typed objects, and a list may be a comma-separated string.
 * This class is not thread-safe.
 */
public class ConfigBlock {

    private final String path;
    private final Map<String, Object> values;
    private final UnaryOperator<String> origins;
    private final List<ConfigFault> faults;
    private final Set<String> known = new LinkedHashSet<>();
    private final Set<String> reported = new LinkedHashSet<>();
    private final Map<String, ConfigBlock> blocks = new LinkedHashMap<>();

    /**
     * Creates a block.
     *
     * @param path the full path of the block, such as {@code llm.retry}
     * @param values the values by key, each a String, Number, Boolean, List or Map, or an object set by code
     * @param origins maps the full path of a key to its location, or to {@code ""} if the location is unknown
     * @param faults the list to which faults are added
     */
    public ConfigBlock(String path, Map<String, ?> values, UnaryOperator<String> origins, List<ConfigFault> faults) {
        this.path = path;
        this.values = new LinkedHashMap<>(values);
        this.origins = origins;
        this.faults = faults;
    }

    /** Returns the full path of a key in this block. */
    public final String path(String key) {
        return path.isEmpty() ? quoted(key) : path + "." + quoted(key);
    }

    /** Returns all keys of this block in their original order, without marking them as known. */
    public final Set<String> keys() {
        return values.keySet();
    }

    /** Returns whether the key is present, and marks it as known. */
    public final boolean has(String key) {
        return value(key) != null;
    }

    /** Reads a string. */
    public final Optional<String> string(String key) {
        Object value = value(key);
        if (value == null) {
            return Optional.empty();
        }
        if (isScalar(value)) {
            return Optional.of(value.toString());
        }
        fault(key, "must be a text");
        return Optional.empty();
    }

    public final String string(String key, String fallback) {
        return string(key).orElse(fallback);
    }

    /** Reads a whole number that must be at least the given minimum. */
    public final int integer(String key, int fallback, int minimum) {
        return parsed(key, "must be a whole number of at least " + minimum, fallback, text -> {
            int number = Integer.parseInt(text);
            return number < minimum ? null : number;
        });
    }

    /** Reads a number that must be between two bounds, both of which are inclusive. */
    public final Optional<Double> number(String key, double low, double high) {
        return parsed(key, "must be a number from " + low + " to " + high, Optional.<Double>empty(), text -> {
            double number = Double.parseDouble(text);
            return number >= low && number <= high ? Optional.of(number) : null;
        });
    }

    /** Reads {@code true} or {@code false}, also written as {@code yes}, {@code no}, {@code on} or {@code off}. */
    public final boolean bool(String key, boolean fallback) {
        return parsed(key, "must be true or false", fallback, text -> switch (text) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> null;
        });
    }

    /**
     * Reads a non-negative duration with a unit, such as {@code 500ms}, {@code 1.5s} or {@code 2m}; see
     * {@link DurationText}.
     */
    public final Duration duration(String key, Duration fallback) {
        if (value(key) instanceof Duration typed && !typed.isNegative()) {
            return typed;
        }
        return parsed(
                key,
                "must be a duration of at least 0 with its unit, such as 500ms, 1.5s or 2m",
                fallback,
                text -> DurationText.parse(text).orElse(null));
    }

    /** Reads one of the given words and returns the value to which the word is mapped. */
    public final <T> T choice(String key, T fallback, Map<String, T> words) {
        return parsed(key, "must be one of " + String.join(", ", words.keySet()), fallback, words::get);
    }

    /** Reads a list of strings. A single string may contain several items, separated by commas. */
    public final List<String> strings(String key, List<String> fallback) {
        Object value = value(key);
        if (value == null) {
            return fallback;
        }
        List<String> items = new ArrayList<>();
        if (value instanceof List<?> list && list.stream().allMatch(ConfigBlock::isScalar)) {
            list.forEach(item -> items.add(String.valueOf(item)));
        } else if (isScalar(value)) {
            for (String item : value.toString().split(",")) {
                if (!item.isBlank()) {
                    items.add(item.strip());
                }
            }
        } else {
            fault(key, "must be a list of texts");
            return fallback;
        }
        return List.copyOf(items);
    }

    /** Reads a map of strings, such as headers. Returns an empty map if the key is missing. */
    public final Map<String, String> map(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, Object> member : object(key).entrySet()) {
            Object value = member.getValue();
            if (isScalar(value)) {
                texts.put(member.getKey(), value.toString());
            } else {
                fault(key, "must contain texts only; \"" + member.getKey() + "\" is not a text");
            }
        }
        return texts;
    }

    /** Reads an object that contains JSON values. Returns an empty map if the key is missing. */
    @SuppressWarnings("unchecked") // the keys of a configuration object are strings
    public final Map<String, Object> object(String key) {
        Object value = value(key);
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        if (value != null) {
            fault(key, "must be an object { … }");
        }
        return Map.of();
    }

    /**
     * Returns the unparsed value of a key if it has the given type. Use this method for values set by code, and for
     * keys whose values may have several types.
     */
    public final <T> Optional<T> as(String key, Class<T> type) {
        Object value = value(key);
        return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
    }

    /**
     * Returns the block nested under a key, or an empty block if there is none. Repeated calls return the same block.
     */
    public final ConfigBlock block(String key) {
        ConfigBlock block = blocks.get(key);
        if (block == null) {
            block = new ConfigBlock(path(key), object(key), origins, faults);
            blocks.put(key, block);
        }
        return block;
    }

    /**
     * Reads a credential: a string, {@code { file = "/path" }}, or a {@link Credential} set by code, which is then
     * asked on a thread of its own. A blank string counts as missing. A key file that cannot be used at the moment is
     * logged as a warning.
     */
    public Optional<Credential> credential(String key) {
        Object value = value(key);
        return value == null ? Optional.empty() : new CredentialSetting(this, key).read(value);
    }

    /** Reports a fault in a key. The text states the problem and how to solve it, without any secret. */
    public final void fault(String key, String text) {
        reported.add(key);
        faults.add(at(key, text));
    }

    /** Logs a problem with a key that does not stop the client from starting. */
    final void warn(String key, String text) {
        System.getLogger("dev.llmspi.registry").log(Level.WARNING, at(key, text).toString());
    }

    private ConfigFault at(String key, String text) {
        String full = path(key);
        return new ConfigFault(full, origins.apply(full), text);
    }

    /** Marks a key as known without reading it. */
    public final void ignore(String key) {
        known.add(key);
    }

    /**
     * Reports each unread key, including those of nested blocks read with {@link #block}, as a fault that suggests the
     * nearest known key. The client calls this method after a factory has read its block. Repeated calls do not report
     * a key again.
     */
    public final void refuseUnread() {
        for (String key : unread()) {
            fault(key, "is not known" + SpellingHint.of(key, known));
        }
        blocks.values().forEach(ConfigBlock::refuseUnread);
    }

    /**
     * Returns the keys of this block that are present but were neither read nor reported as a fault. Keys of nested
     * blocks are not included.
     */
    public final Set<String> unread() {
        Set<String> rest = new LinkedHashSet<>(values.keySet());
        rest.removeAll(known);
        rest.removeAll(reported);
        return rest;
    }

    /** Returns the keys that were read or ignored, whether or not they are present. A wrong key is not among them. */
    public final Set<String> known() {
        return Set.copyOf(known);
    }

    /** Returns all faults reported so far, including those of the enclosing blocks. */
    public final List<ConfigFault> faults() {
        return List.copyOf(faults);
    }

    private @Nullable Object value(String key) {
        known.add(key);
        return values.get(key);
    }

    /** Parses a scalar. The parser rejects a string by returning null or throwing an IllegalArgumentException. */
    private <T extends @Nullable Object> T parsed(
            String key, String rule, T fallback, Function<String, @Nullable T> parser) {
        Object value = value(key);
        if (value == null) {
            return fallback;
        }
        if (isScalar(value)) {
            try {
                T result = parser.apply(value.toString().strip());
                if (result != null) {
                    return result;
                }
            } catch (IllegalArgumentException e) {
                // The exception is dropped, because the fault below states the rule that was broken.
            }
        }
        fault(key, rule);
        return fallback;
    }

    static boolean isScalar(@Nullable Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean || value instanceof Enum;
    }

    private static String quoted(String key) {
        return key.indexOf('.') < 0 ? key : '"' + key + '"';
    }
}
