package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.ProviderConfig;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings that determine how requests are written.
 *
 * @param provider the name of the provider instance
 * @param host the host of the base URL, in lower case
 * @param extras the fields to add to every request body
 * @param maxTokensField the name of the field that limits the output tokens
 * @param fields the rules that omit and rename fields
 * @param echo determines when reasoning is sent back
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
