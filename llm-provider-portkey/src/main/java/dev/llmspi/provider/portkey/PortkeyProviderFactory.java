package dev.llmspi.provider.portkey;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiWire;

/**
 * Creates providers of type {@code portkey}. It reads the keys described in {@link PortkeySettings} and the common keys
 * of the OpenAI protocol.
 */
public final class PortkeyProviderFactory implements LlmProviderFactory {

    static final String TYPE = "portkey";

    /** Creates the factory. {@link java.util.ServiceLoader} calls this constructor. */
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
