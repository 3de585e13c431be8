package dev.llmspi.provider.openai;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiWire;

/**
 * Creates providers of type {@code openai}. It reads the keys described in {@link OpenAiSettings} and the common keys
 * of the OpenAI protocol.
 */
public final class OpenAiProviderFactory implements LlmProviderFactory {

    static final String TYPE = "openai";

    /** Creates the factory. {@link java.util.ServiceLoader} calls this constructor. */
    public OpenAiProviderFactory() {}

    @Override
    public String name() {
        return TYPE;
    }

    @Override
    public LlmProvider create(ProviderConfig config) {
        return OpenAiWire.provider(config, new PlainDialect(OpenAiSettings.read(config)));
    }
}
