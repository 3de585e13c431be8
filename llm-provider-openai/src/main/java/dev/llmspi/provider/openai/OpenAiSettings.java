package dev.llmspi.provider.openai;

import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.WireKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a configuration block of type {@code openai}, in addition to the settings that all providers with the
 * OpenAI protocol have.
 *
 * @param keys the API key from {@code api-key}, which OpenAI itself requires. It is sent in the header
 *     {@code api-key-header} (default: {@code Authorization}), after {@code api-key-prefix} and a space (default
 *     prefix: {@code Bearer} in {@code Authorization}, otherwise none)
 * @param headers the headers that send the settings {@code organization} and {@code project}
 */
record OpenAiSettings(List<WireKey> keys, Map<String, String> headers) {

    private static final String AUTHORIZATION = "Authorization";

    static OpenAiSettings read(ProviderConfig config) {
        return new OpenAiSettings(keys(config), headers(config));
    }

    private static List<WireKey> keys(ProviderConfig config) {
        String header = config.string("api-key-header", AUTHORIZATION).strip();
        String scheme = header.equalsIgnoreCase(AUTHORIZATION) ? "Bearer" : "";
        String prefix = config.string("api-key-prefix", scheme).strip();
        check(config, "api-key-header", header, "");
        check(config, "api-key-prefix", AUTHORIZATION, prefix);
        Optional<Credential> key = config.credential("api-key");
        if (key.isEmpty() && !config.has("base-url")) {
            config.unusable("needs an API key: set " + config.path("api-key")
                    + ", or OPENAI_API_KEY for a block in a chain (your own server may not need one: set base-url)");
        }
        String before = prefix.isEmpty() ? "" : prefix + " ";
        return key.map(credential -> new WireKey(header, before, credential)).stream()
                .toList();
    }

    private static Map<String, String> headers(ProviderConfig config) {
        Map<String, String> headers = new LinkedHashMap<>();
        put(config, "organization", "OpenAI-Organization", headers);
        put(config, "project", "OpenAI-Project", headers);
        return headers;
    }

    private static void put(ProviderConfig config, String key, String header, Map<String, String> headers) {
        String value = config.string(key, "").strip();
        if (!value.isEmpty()) {
            check(config, key, header, value);
            headers.put(header, value);
        }
    }

    private static void check(ProviderConfig config, String key, String header, String value) {
        String problem = HeaderRules.problem(header, value);
        if (problem != null) {
            config.fault(key, problem);
        }
    }
}
