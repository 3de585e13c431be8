package dev.llmspi.provider.openrouter;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiWire;

/**
 * Makes providers of type {@code openrouter}; the keys it reads are those of {@link OpenRouterSettings} and the wire's.
 */
public final class OpenRouterProviderFactory implements LlmProviderFactory {

    static final String TYPE = "openrouter";

    /** For {@link java.util.ServiceLoader}. */
    public OpenRouterProviderFactory() {}

    @Override
    public String name() {
        return TYPE;
    }

    @Override
    public LlmProvider create(ProviderConfig config) {
        return OpenAiWire.provider(config, new OpenRouterDialect(OpenRouterSettings.read(config)));
    }
}
