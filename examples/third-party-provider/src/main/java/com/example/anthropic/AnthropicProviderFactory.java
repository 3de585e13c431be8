package com.example.anthropic;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import java.net.URI;
import java.util.Optional;

/** Makes providers of type {@code anthropic}. Reads {@code api-key} (needed), {@code base-url} and {@code max-output-tokens}. */
public final class AnthropicProviderFactory implements LlmProviderFactory {

    private static final URI PUBLIC_API = URI.create("https://api.anthropic.com");

    /** The API wants a limit in every request; this one is sent where nobody names another. */
    private static final int MAX_OUTPUT_TOKENS = 4096;

    /** For {@link java.util.ServiceLoader}. */
    public AnthropicProviderFactory() {}

    @Override
    public String name() {
        return "anthropic";
    }

    @Override
    public LlmProvider create(ProviderConfig config) {
        Optional<Credential> key = config.credential("api-key");
        if (key.isEmpty()) {
            config.unusable("needs an API key: set " + config.path("api-key"));
        }
        URI baseUrl = config.uri("base-url", PUBLIC_API);
        int maxOutputTokens = config.integer("max-output-tokens", MAX_OUTPUT_TOKENS, 1);
        return new AnthropicProvider(
                config.name(), baseUrl, key.orElse(Credential.of("unset")), maxOutputTokens, config.timeSource());
    }
}
