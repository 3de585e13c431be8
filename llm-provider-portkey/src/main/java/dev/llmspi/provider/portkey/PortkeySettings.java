package dev.llmspi.provider.portkey;

import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.openai.wire.OpenAiWire;
import dev.llmspi.openai.wire.WireKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings of a configuration block of type {@code portkey}, in addition to the settings that all providers with
 * the OpenAI protocol have.
 *
 * @param keys the API keys. Portkey's own key from {@code api-key} is required at the hosted addresses and sent in the
 *     header {@code api-key-header}. The upstream's key from {@code provider-api-key} is sent as Authorization
 * @param headers the headers that send the settings {@code provider} (a name, or {@code @slug} at the hosted address),
 *     {@code virtual-key}, {@code config-id} or {@code config} (an object), {@code custom-host}, {@code trace-id},
 *     {@code metadata} (a map of strings), {@code request-timeout} (the longest wait for the upstream's response
 *     headers, sent in ms) and {@code response-cache { namespace, force-refresh }}
 * @param provider the name of the upstream; {@code ""} if a configuration, a key or the model selects it
 * @param configHoldsModel whether a request needs no model, because the gateway's configuration sets one, or may set
 *     one if the configuration is saved at Portkey
 * @param secrets the secrets in the headers, which are the virtual key and the keys in the inline configuration
 */
record PortkeySettings(
        List<WireKey> keys,
        Map<String, String> headers,
        String provider,
        boolean configHoldsModel,
        List<Secret> secrets) {

    private static final String HOSTED = "api.portkey.ai";
    /** The address of the edition sold as Prisma AIRS AI Gateway. */
    private static final String HOSTED_AIRS = "aigw.portkey.ai";

    private static final String PREFIX = "x-portkey-";
    private static final String API_KEY = PREFIX + "api-key";
    private static final String AUTHORIZATION = "Authorization";
    private static final String CONFIG = PREFIX + "config";
    private static final List<String> NAMES_UPSTREAM = List.of(PREFIX + "provider", CONFIG, PREFIX + "virtual-key");

    /** Returns a description without the headers, which may contain keys. */
    @Override
    public String toString() {
        return "PortkeySettings[provider=" + provider + "]";
    }

    static PortkeySettings read(ProviderConfig config) {
        String host = config.string("base-url").map(PortkeySettings::host).orElse(HOSTED);
        boolean hosted = host.equals(HOSTED) || host.equals(HOSTED_AIRS);
        String provider = config.string("provider", "").strip();
        Map<String, String> headers = headers(config, provider);
        Optional<Credential> key = config.credential("api-key");
        List<WireKey> keys = keys(config, key, host.equals(HOSTED_AIRS) && !passesAuthorizationOn(config, headers));
        if (hosted && key.isEmpty()) {
            // The variable sets the key of the block that has the name of the type.
            String variable = config.name().equals(PortkeyProviderFactory.TYPE) ? "PORTKEY_API_KEY or " : "";
            config.unusable("needs an API key: set " + variable + config.path("api-key")
                    + " (a self-hosted gateway does not need one: set base-url)");
        }
        boolean mayBePrivateInstall = key.isPresent();
        Map<String, String> more = config.map("headers");
        if (!hosted && !mayBePrivateInstall && !names(NAMES_UPSTREAM, headers) && !names(NAMES_UPSTREAM, more)) {
            config.unusable("a self-hosted gateway needs to know the upstream: set " + config.path("provider")
                    + ", config, config-id or virtual-key");
        }
        // A saved configuration cannot be inspected, because only Portkey knows it. A configuration in the user's own
        // headers is not inspected either.
        Map<String, Object> inline = config.object("config");
        boolean holdsModel =
                inline.isEmpty() ? headers.containsKey(CONFIG) || names(List.of(CONFIG), more) : holdsModel(inline);
        return new PortkeySettings(keys, headers, provider, holdsModel, secrets(config));
    }

    /**
     * Returns whether at least one of the wanted headers is present. At the hosted address, none is required, because
     * the key may have a default configuration and the model name may contain the provider.
     */
    private static boolean names(List<String> wanted, Map<String, String> headers) {
        for (String name : headers.keySet()) {
            if (wanted.contains(name.toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether an inline configuration sets a model for each of its targets. */
    private static boolean holdsModel(Map<?, ?> config) {
        if (config.get("override_params") instanceof Map<?, ?> params
                && params.get("model") instanceof String model
                && !model.isBlank()) {
            return true;
        }
        if (!(config.get("targets") instanceof List<?> targets) || targets.isEmpty()) {
            return false;
        }
        for (Object target : targets) {
            if (!(target instanceof Map<?, ?> one) || !holdsModel(one)) {
                return false;
            }
        }
        return true;
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
            // a value that cannot be used as a key need not be protected
        }
    }

    /** Returns the host of a URL, or {@code ""} if it has none. The URL is validated elsewhere. */
    private static String host(String baseUrl) {
        try {
            String host = new URI(baseUrl.strip()).getHost();
            return host == null ? "" : host.toLowerCase(Locale.ROOT);
        } catch (URISyntaxException e) {
            return "";
        }
    }

    /**
     * Returns whether the gateway expects the upstream's key in Authorization. It does so for custom hosts and for
     * providers other than the {@code @slug}s in its catalog.
     */
    private static boolean passesAuthorizationOn(ProviderConfig config, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(config.map("headers"));
        all.putAll(headers);
        return !all.getOrDefault(PREFIX + "provider", "@").startsWith("@") || all.containsKey(PREFIX + "custom-host");
    }

    /** @param asBearer whether the default header for Portkey's key is Authorization */
    private static List<WireKey> keys(ProviderConfig config, Optional<Credential> key, boolean asBearer) {
        List<WireKey> keys = new ArrayList<>(2);
        Optional<Credential> upstream = config.credential("provider-api-key");
        String header = config.string("api-key-header", asBearer && upstream.isEmpty() ? AUTHORIZATION : API_KEY);
        boolean bearer = header.equalsIgnoreCase(AUTHORIZATION);
        if (!bearer && !header.equalsIgnoreCase(API_KEY)) {
            config.fault("api-key-header", "must be Authorization or " + API_KEY);
        } else if (bearer && upstream.isPresent()) {
            config.fault("api-key-header", "Authorization already carries provider-api-key; use " + API_KEY);
        } else if (key.isPresent()) {
            keys.add(bearer ? WireKey.bearer(key.get()) : new WireKey(API_KEY, "", key.get()));
        }
        upstream.ifPresent(credential -> keys.add(WireKey.bearer(credential)));
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
            if (headers.containsKey(CONFIG)) {
                config.fault("config", "cannot be combined with config-id; set one of the two");
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
        cache.refuseUnread();
    }

    /**
     * Reports a fault for a configuration that the gateway cannot handle. The gateway never responds to a fallback
     * without targets, and it reports an unknown provider if there are targets but no strategy.
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
            put(config, key, key, OpenAiWire.headerJson(value), headers);
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
