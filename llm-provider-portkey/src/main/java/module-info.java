/**
 * Contains the provider for Portkey's hosted or self-hosted gateway, which uses a dialect of the OpenAI protocol.
 * {@link java.util.ServiceLoader} finds it.
 */
module dev.llmspi.provider.portkey {
    requires dev.llmspi.openai.wire;
    requires static org.jspecify;

    provides dev.llmspi.api.spi.LlmProviderFactory with
            dev.llmspi.provider.portkey.PortkeyProviderFactory;
}
