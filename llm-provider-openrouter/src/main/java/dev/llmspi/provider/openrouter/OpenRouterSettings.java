package dev.llmspi.provider.openrouter;

import dev.llmspi.api.Reasoning;
import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.api.spi.ProviderConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a configuration block of type {@code openrouter}, in addition to the settings that all providers with
 * the OpenAI protocol have. By default, none is set.
 *
 * @param headers the headers that send the settings {@code http-referer} (the app's URL, by which OpenRouter identifies
 *     the app), {@code title} (the app's name, which is sent in the current and the old header), {@code categories} (at
 *     most 2), {@code metadata-enabled} (requests routing details in answers and errors) and {@code response-cache {
 *     enabled, ttl, clear }} (OpenRouter's cache for complete answers; the ttl can be 1 s to 24 h)
 * @param fields the request fields that send the settings {@code models} (the models to try, in this order, if the
 *     first one fails), {@code provider-preferences} (OpenRouter's field {@code provider}, which controls routing),
 *     {@code service-tier}, {@code session-id} (keeps a conversation at one upstream; at most 256 characters) and
 *     {@code user} (a stable ID for the end user)
 * @param reasoningEffort the setting {@code reasoning-effort}, which applies to requests that do not set reasoning
 * @param variant the setting {@code variant}, a suffix such as {@code nitro} or {@code floor} that is added to model
 *     names without a suffix
 */
record OpenRouterSettings(
        Map<String, String> headers,
        Map<String, Object> fields,
        @Nullable String reasoningEffort,
        @Nullable String variant) {

    private static final int MAX_CATEGORIES = 2;
    private static final int MAX_SESSION_ID = 256;
    private static final Duration MIN_TTL = Duration.ofSeconds(1);
    private static final Duration MAX_TTL = Duration.ofDays(1);
    private static final Duration DEFAULT_TTL = Duration.ofMinutes(5);

    /** Returns a description without the values, which may identify the end user. */
    @Override
    public String toString() {
        return "OpenRouterSettings[headers=" + headers.keySet() + ", fields=" + fields.keySet() + "]";
    }

    static OpenRouterSettings read(ProviderConfig config) {
        return new OpenRouterSettings(headers(config), fields(config), reasoningEffort(config), variant(config));
    }

    private static Map<String, String> headers(ProviderConfig config) {
        Map<String, String> headers = new LinkedHashMap<>();
        header(config, "http-referer", "HTTP-Referer", headers);
        header(config, "title", "X-OpenRouter-Title", headers);
        if (headers.containsKey("X-OpenRouter-Title")) {
            headers.put("X-Title", headers.get("X-OpenRouter-Title"));
        }
        List<String> categories = config.strings("categories", List.of());
        if (categories.size() > MAX_CATEGORIES) {
            config.fault("categories", "must have at most " + MAX_CATEGORIES + " entries");
        }
        if (!categories.isEmpty()) {
            checked(config, "categories", "X-OpenRouter-Categories", String.join(",", categories), headers);
        }
        if (config.bool("metadata-enabled", false)) {
            headers.put("X-OpenRouter-Metadata", "enabled");
        }
        if (config.has("response-cache")) {
            responseCache(config.block("response-cache"), headers);
        }
        return headers;
    }

    private static void responseCache(ConfigBlock cache, Map<String, String> headers) {
        boolean enabled = cache.bool("enabled", true);
        Duration ttl = cache.duration("ttl", DEFAULT_TTL);
        if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            cache.fault("ttl", "must be from 1s to 24h");
        }
        headers.put("X-OpenRouter-Cache", Boolean.toString(enabled));
        if (cache.has("ttl")) {
            headers.put("X-OpenRouter-Cache-TTL", Long.toString(ttl.toSeconds()));
        }
        if (cache.bool("clear", false)) {
            headers.put("X-OpenRouter-Cache-Clear", "true");
        }
        cache.refuseUnread();
    }

    private static void header(ProviderConfig config, String key, String header, Map<String, String> headers) {
        String value = config.string(key, "");
        if (!value.isBlank()) {
            checked(config, key, header, value, headers);
        }
    }

    private static void checked(
            ProviderConfig config, String key, String header, String value, Map<String, String> headers) {
        String problem = HeaderRules.problem(header, value);
        if (problem != null) {
            config.fault(key, problem);
        }
        headers.put(header, value);
    }

    private static Map<String, Object> fields(ProviderConfig config) {
        Map<String, Object> fields = new LinkedHashMap<>();
        List<String> models = config.strings("models", List.of());
        if (!models.isEmpty()) {
            fields.put("models", models);
        }
        Map<String, Object> preferences = config.object("provider-preferences");
        if (!preferences.isEmpty()) {
            fields.put("provider", preferences);
        }
        text(config, "service-tier", "service_tier", fields);
        text(config, "session-id", "session_id", fields);
        text(config, "user", "user", fields);
        if (fields.get("session_id") instanceof String id && id.length() > MAX_SESSION_ID) {
            config.fault("session-id", "must have at most " + MAX_SESSION_ID + " characters");
        }
        return fields;
    }

    private static void text(ProviderConfig config, String key, String field, Map<String, Object> fields) {
        Optional<String> value = config.string(key);
        if (value.isPresent()) {
            fields.put(field, value.get());
        }
    }

    private static @Nullable String reasoningEffort(ProviderConfig config) {
        Map<String, String> words = new LinkedHashMap<>();
        Reasoning.efforts().forEach(word -> words.put(word, word));
        String effort = config.choice("reasoning-effort", "", words);
        return effort.isEmpty() ? null : effort;
    }

    private static @Nullable String variant(ProviderConfig config) {
        String variant = config.string("variant", "").strip();
        String suffix = variant.startsWith(":") ? variant.substring(1) : variant;
        if (!suffix.matches("[a-z0-9-]*")) {
            config.fault("variant", "must be one word such as nitro, floor or free");
        }
        return suffix.isEmpty() ? null : suffix;
    }
}
