package dev.llmspi.provider.portkey;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiWire;

/** Makes providers of type {@code portkey}; the keys it reads are those of {@link PortkeySettings} and the wire's. */
public final class PortkeyProviderFactory implements LlmProviderFactory {

    static final String TYPE = "portkey";

    /** For {@link java.util.ServiceLoader}. */
    public PortkeyProviderFactory() {}

    @Override
    public String name() {
        return TYPE;
    }

    @Override
    public LlmProvider create(ProviderConfig config) {
        return OpenAiWire.provider(config, new PortkeyDialect(PortkeySettings.read(config)));
    }
}
