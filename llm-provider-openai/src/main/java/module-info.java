/** Contains the provider for OpenAI and all servers that use its protocol. {@link java.util.ServiceLoader} finds it. */
module dev.llmspi.provider.openai {
    requires dev.llmspi.openai.wire;
    requires static org.jspecify;

    provides dev.llmspi.api.spi.LlmProviderFactory with
            dev.llmspi.provider.openai.OpenAiProviderFactory;
}
