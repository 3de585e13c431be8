package dev.llmspi.api.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A block of configuration, read key by key. Each read names key and type and records the key as known; what is wrong is
 * collected as a {@link ConfigFault} and the default returned, so that one run finds all faults. Keys that nobody has read at
 * the end are faults too: see {@link #unread}. Values may be text or typed, a list may be a text with commas. Not safe for use
 * by several threads.
 */
public class ConfigBlock {

    private final String path;
    private final Map<String, Object> values;
    private final UnaryOperator<String> origins;
    private final List<ConfigFault> faults;
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * @param path the full path of the block, such as {@code llm.retry}
     * @param values the block's keys; values are String, Number, Boolean, List, Map, or an object put there by code
     * @param origins where the key with a given full path stands; {@code ""} if unknown
     * @param faults collects what is wrong
     */
    public ConfigBlock(String path, Map<String, ?> values, UnaryOperator<String> origins, List<ConfigFault> faults) {
        this.path = path;
        this.values = new LinkedHashMap<>(values);
        this.origins = origins;
        this.faults = faults;
    }

    /** The full path of a key in this block. */
    public final String path(String key) {
        return path.isEmpty() ? quoted(key) : path + "." + quoted(key);
    }

    /** All keys of this block, in their order; reading them here does not make them known. */
    public final Set<String> keys() {
        return values.keySet();
    }

    /** Whether the key is there; makes it known. */
    public final boolean has(String key) {
        return value(key) != null;
    }

    /** A text. */
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

    /** A whole number of at least the given minimum. */
    public final int integer(String key, int fallback, int minimum) {
        return parsed(key, "must be a whole number of at least " + minimum, fallback, text -> {
            int number = Integer.parseInt(text);
            return number < minimum ? null : number;
        });
    }

    /** A number between the bounds, both included. */
    public final Optional<Double> number(String key, double low, double high) {
        return parsed(key, "must be a number from " + low + " to " + high, Optional.<Double>empty(), text -> {
            double number = Double.parseDouble(text);
            return number >= low && number <= high ? Optional.of(number) : null;
        });
    }

    /** {@code true} or {@code false}; also {@code yes}, {@code no}, {@code on}, {@code off}. */
    public final boolean bool(String key, boolean fallback) {
        return parsed(key, "must be true or false", fallback, text -> switch (text) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> null;
        });
    }

    /** A length of time with its unit, such as {@code 500ms}, {@code 1.5s}, {@code 2m}; not negative. */
    public final Duration duration(String key, Duration fallback) {
        if (value(key) instanceof Duration typed && !typed.isNegative()) {
            return typed;
        }
        return parsed(
                key,
                "must be a length of time of at least 0 with its unit, such as 500ms, 1.5s or 2m",
                fallback,
                DurationText::parse);
    }

    /** One of the given words. */
    public final <T> T choice(String key, T fallback, Map<String, T> words) {
        return parsed(key, "must be one of " + String.join(", ", words.keySet()), fallback, words::get);
    }

    /** A list of texts; a single text may hold several, separated by commas. */
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

    /** A map of texts, such as headers; empty if the key is not there. */
    public final Map<String, String> map(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, Object> member : object(key).entrySet()) {
            Object value = member.getValue();
            if (isScalar(value)) {
                texts.put(member.getKey(), value.toString());
            } else {
                fault(key, "must hold texts only; \"" + member.getKey() + "\" is none");
            }
        }
        return texts;
    }

    /** An object as it stands, with values as JSON has them; empty if the key is not there. */
    @SuppressWarnings("unchecked") // keys of a configuration object are texts
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

    /** The value of a key as it stands, if it is of the given type; for values put there by code, and for unions. */
    public final <T> Optional<T> as(String key, Class<T> type) {
        Object value = value(key);
        return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
    }

    /** A block inside this one; empty if the key is not there. Its unread keys are asked for on their own. */
    public final ConfigBlock block(String key) {
        return new ConfigBlock(path(key), object(key), origins, faults);
    }

    /**
     * A key: a text, {@code { file = "/path" }}, or a {@link Credential} put there by code. Blank text counts as not there.
     */
    public Optional<Credential> credential(String key) {
        Object value = value(key);
        if (value instanceof Credential given) {
            return Optional.of(given);
        }
        if (value instanceof Map<?, ?> map && map.size() == 1 && map.get("file") instanceof String file) {
            return Optional.of(Credential.file(Path.of(file)));
        }
        if (value == null || isScalar(value) && value.toString().isBlank()) {
            return Optional.empty();
        }
        if (isScalar(value)) {
            try {
                return Optional.of(Credential.of(value.toString()));
            } catch (IllegalArgumentException e) {
                fault(key, Objects.requireNonNull(e.getMessage()));
                return Optional.empty();
            }
        }
        fault(key, "must be a text or { file = \"/path\" }");
        return Optional.empty();
    }

    /** Reports that something is wrong with a key. The text says what and what to do, and never shows a secret. */
    public final void fault(String key, String text) {
        known.add(key);
        String full = path(key);
        faults.add(new ConfigFault(full, origins.apply(full), text));
    }

    /** Makes a key known without reading it. */
    public final void ignore(String key) {
        known.add(key);
    }

    /** The keys that were there and that nobody has read. */
    public final Set<String> unread() {
        Set<String> rest = new LinkedHashSet<>(values.keySet());
        rest.removeAll(known);
        return rest;
    }

    /** The keys that were asked for, whether there or not. */
    public final Set<String> known() {
        return Set.copyOf(known);
    }

    /** What is wrong so far, here and in the blocks around. */
    public final List<ConfigFault> faults() {
        return List.copyOf(faults);
    }

    private @Nullable Object value(String key) {
        known.add(key);
        return values.get(key);
    }

    /** Reads a scalar by its text; a parser answers null or throws IllegalArgumentException for what it does not take. */
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
                // reported below, with the rule instead of the parser's words
            }
        }
        fault(key, rule);
        return fallback;
    }

    private static boolean isScalar(@Nullable Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean || value instanceof Enum;
    }

    private static String quoted(String key) {
        return key.indexOf('.') < 0 ? key : '"' + key + '"';
    }
}
