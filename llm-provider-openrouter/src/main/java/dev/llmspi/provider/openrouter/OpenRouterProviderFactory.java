package dev.llmspi.provider.openrouter;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiWire;

/**
 * Creates providers of type {@code openrouter}. It reads the keys described in {@link OpenRouterSettings} and the
 * common keys of the OpenAI protocol.
 */
public final class OpenRouterProviderFactory implements LlmProviderFactory {

    static final String TYPE = "openrouter";

    /** Creates the factory. {@link java.util.ServiceLoader} calls this constructor. */
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
