/**
 * The provider for OpenAI and every server that speaks its protocol, found by {@link java.util.ServiceLoader}; the
 * plain dialect of the OpenAI wire.
 */
module dev.llmspi.provider.openai {
    requires dev.llmspi.openai.wire;
    requires static org.jspecify;

    provides dev.llmspi.api.spi.LlmProviderFactory with
            dev.llmspi.provider.openai.OpenAiProviderFactory;
}
