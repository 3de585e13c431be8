package dev.llmspi.provider.openai;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiWire;

/** Makes providers of type {@code openai}; the keys it reads are those of {@link OpenAiSettings} and the wire's. */
public final class OpenAiProviderFactory implements LlmProviderFactory {

    static final String TYPE = "openai";

    /** For {@link java.util.ServiceLoader}. */
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
