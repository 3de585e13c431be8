package com.example.anthropic;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import java.net.URI;
import java.util.Optional;

/**
 * Creates providers of type {@code anthropic}. Reads the keys {@code api-key} (required), {@code base-url} and
 * {@code max-output-tokens}.
 */
public final class AnthropicProviderFactory implements LlmProviderFactory {

    private static final URI PUBLIC_API = URI.create("https://api.anthropic.com");

    /** The default limit, which is needed because the API requires a limit in every request. */
    private static final int MAX_OUTPUT_TOKENS = 4096;

    /** Creates the factory. {@link java.util.ServiceLoader} calls this constructor. */
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
