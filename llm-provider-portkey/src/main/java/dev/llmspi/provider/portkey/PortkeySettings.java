package dev.llmspi.provider.portkey;

import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.openai.wire.OpenAiWire;
import dev.llmspi.openai.wire.WireKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a configuration block of type {@code portkey} may set, besides what every provider on the wire has.
 *
 * @param keys {@code api-key}, Portkey's own, needed at its hosted address; {@code provider-api-key}, the upstream's,
 *     sent as Authorization
 * @param headers made of {@code provider} (a name, or {@code @slug} at the hosted address), {@code virtual-key},
 *     {@code config-id} or {@code config} (an object), {@code custom-host}, {@code trace-id}, {@code metadata} (a map
 *     of texts), {@code request-timeout} (to the upstream's response head, sent in ms) and
 *     {@code response-cache { namespace, force-refresh }}
 * @param provider the upstream's name; {@code ""} if a config, a key or the model decides
 * @param secrets keys inside the headers: the virtual key and those of the inline config
 */
record PortkeySettings(List<WireKey> keys, Map<String, String> headers, String provider, List<Secret> secrets) {

    private static final String HOSTED = "api.portkey.ai";
    private static final String PREFIX = "x-portkey-";
    private static final String API_KEY = PREFIX + "api-key";
    private static final List<String> NAMES_UPSTREAM =
            List.of(PREFIX + "provider", PREFIX + "config", PREFIX + "virtual-key");

    /** Shows no header: some carry keys. */
    @Override
    public String toString() {
        return "PortkeySettings[provider=" + provider + "]";
    }

    static PortkeySettings read(ProviderConfig config) {
        Optional<String> baseUrl = config.string("base-url");
        boolean hosted = baseUrl.isEmpty() || isHosted(baseUrl.get());
        String provider = config.string("provider", "").strip();
        List<WireKey> keys = keys(config, hosted);
        Map<String, String> headers = headers(config, provider);
        boolean mayBePrivateInstall = false;
        for (WireKey key : keys) {
            mayBePrivateInstall |= key.header().equals(API_KEY);
        }
        if (!hosted && !mayBePrivateInstall && !namesUpstream(headers) && !namesUpstream(config.map("headers"))) {
            config.unusable("a self-hosted gateway needs to know the upstream: set " + config.path("provider")
                    + ", config, config-id or virtual-key");
        }
        return new PortkeySettings(keys, headers, provider, secrets(config));
    }

    /**
     * At the hosted address a key may carry a default config, and a model may name its provider: nothing is missing.
     */
    private static boolean namesUpstream(Map<String, String> headers) {
        for (String name : headers.keySet()) {
            if (NAMES_UPSTREAM.contains(name.toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    private static List<Secret> secrets(ProviderConfig config) {
        List<Secret> secrets = new ArrayList<>();
        String virtualKey = config.string("virtual-key", "");
        if (!virtualKey.isEmpty()) {
            addSecret(virtualKey, secrets);
        }
        addSecrets(config.object("config"), secrets);
        return secrets;
    }

    private static void addSecrets(Object value, List<Secret> secrets) {
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                if (member.getKey().equals("api_key") || member.getKey().equals("virtual_key")) {
                    addSecret(String.valueOf(member.getValue()), secrets);
                } else {
                    addSecrets(member.getValue(), secrets);
                }
            }
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                addSecrets(element, secrets);
            }
        }
    }

    private static void addSecret(String value, List<Secret> secrets) {
        try {
            secrets.add(Secret.of(value));
        } catch (IllegalArgumentException e) {
            // no key then
        }
    }

    private static boolean isHosted(String baseUrl) {
        return baseUrl.toLowerCase(Locale.ROOT).contains("://" + HOSTED);
    }

    private static List<WireKey> keys(ProviderConfig config, boolean hosted) {
        List<WireKey> keys = new ArrayList<>(2);
        Optional<Credential> key = config.credential("api-key");
        if (key.isPresent()) {
            keys.add(new WireKey(API_KEY, "", key.get()));
        }
        Optional<Credential> upstream = config.credential("provider-api-key");
        if (upstream.isPresent()) {
            keys.add(WireKey.bearer(upstream.get()));
        }
        if (hosted && key.isEmpty()) {
            config.unusable("needs an API key: set PORTKEY_API_KEY or " + config.path("api-key")
                    + " (a self-hosted gateway needs none: set base-url)");
        }
        return keys;
    }

    private static Map<String, String> headers(ProviderConfig config, String provider) {
        Map<String, String> headers = new LinkedHashMap<>();
        put(config, "provider", "provider", provider, headers);
        for (String key : List.of("virtual-key", "custom-host", "trace-id")) {
            put(config, key, key, config.string(key, "").strip(), headers);
        }
        put(config, "config-id", "config", config.string("config-id", "").strip(), headers);
        Map<String, Object> inline = config.object("config");
        if (!inline.isEmpty()) {
            if (headers.containsKey(PREFIX + "config")) {
                config.fault("config", "stands beside config-id; set one of the two");
            }
            checkTargets(config, inline);
            putJson(config, "config", inline, headers);
        }
        Map<String, String> metadata = config.map("metadata");
        if (!metadata.isEmpty()) {
            putJson(config, "metadata", metadata, headers);
        }
        Duration timeout = config.duration("request-timeout", Duration.ZERO);
        if (config.has("request-timeout")) {
            if (timeout.toMillis() < 1) {
                config.fault("request-timeout", "must be at least 1ms");
            }
            headers.put(PREFIX + "request-timeout", Long.toString(timeout.toMillis()));
        }
        if (config.has("response-cache")) {
            responseCache(config.block("response-cache"), headers);
        }
        return headers;
    }

    private static void responseCache(ConfigBlock cache, Map<String, String> headers) {
        put(cache, "namespace", "cache-namespace", cache.string("namespace", ""), headers);
        if (cache.bool("force-refresh", false)) {
            headers.put(PREFIX + "cache-force-refresh", "true");
        }
        cache.unread().forEach(key -> cache.fault(key, "is not known; known are namespace, force-refresh"));
    }

    /**
     * The gateway never answers a fallback without targets, and takes targets without a strategy for an unknown
     * provider.
     */
    private static void checkTargets(ProviderConfig config, Map<String, Object> inline) {
        Object targets = inline.get("targets");
        boolean strategy = inline.get("strategy") instanceof Map;
        if (targets instanceof List<?> list && list.isEmpty() || strategy && !(targets instanceof List)) {
            config.fault("config", "its targets must not be empty; the gateway would never answer");
        } else if (targets != null && !strategy) {
            config.fault("config", "has targets but no strategy; add strategy { mode = fallback } or another");
        }
    }

    private static void putJson(ProviderConfig config, String key, Map<String, ?> value, Map<String, String> headers) {
        try {
            headers.put(PREFIX + key, OpenAiWire.headerJson(value));
        } catch (IllegalArgumentException e) {
            config.fault(key, "cannot be written as JSON: " + e.getMessage());
        }
    }

    private static void put(ConfigBlock block, String key, String header, String value, Map<String, String> headers) {
        if (value.isEmpty()) {
            return;
        }
        String problem = HeaderRules.problem(PREFIX + header, value);
        if (problem != null) {
            block.fault(key, problem);
        } else {
            headers.put(PREFIX + header, value);
        }
    }
}
