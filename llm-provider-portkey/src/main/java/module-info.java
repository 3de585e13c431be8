/**
 * The provider for Portkey, hosted or self-hosted, found by {@link java.util.ServiceLoader}; a dialect of the OpenAI
 * wire.
 */
module dev.llmspi.provider.portkey {
    requires dev.llmspi.openai.wire;
    requires static org.jspecify;

    provides dev.llmspi.api.spi.LlmProviderFactory with
            dev.llmspi.provider.portkey.PortkeyProviderFactory;
}
