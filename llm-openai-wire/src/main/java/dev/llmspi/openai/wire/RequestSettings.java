package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.ProviderConfig;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the configuration says about how requests are written.
 *
 * @param provider the provider instance
 * @param host of the base URL
 * @param extras fields of every request body
 * @param maxTokensField the field that carries the output limit
 * @param fields which fields are left out or renamed
 * @param echo whether reasoning goes back
 */
record RequestSettings(
        String provider,
        String host,
        Map<String, Object> extras,
        String maxTokensField,
        FieldRules fields,
        ReasoningEcho echo) {

    private static final String MAX_TOKENS = "max_tokens";
    private static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

    static RequestSettings read(ProviderConfig config, OpenAiDialect dialect, URI baseUrl) {
        String host = baseUrl.getHost();
        return new RequestSettings(
                config.name(),
                host == null ? "" : host.toLowerCase(Locale.ROOT),
                config.object("extras"),
                config.choice(
                        "max-tokens-field",
                        MAX_TOKENS,
                        new TreeMap<>(Map.of(MAX_TOKENS, MAX_TOKENS, MAX_COMPLETION_TOKENS, MAX_COMPLETION_TOKENS))),
                FieldRules.read(config),
                ReasoningEcho.read(config, dialect));
    }
}
