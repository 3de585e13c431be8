/**
 * Contains the provider for OpenRouter, which uses a dialect of the OpenAI protocol. {@link java.util.ServiceLoader}
 * finds it.
 */
module dev.llmspi.provider.openrouter {
    requires dev.llmspi.openai.wire;
    requires static org.jspecify;

    provides dev.llmspi.api.spi.LlmProviderFactory with
            dev.llmspi.provider.openrouter.OpenRouterProviderFactory;
}
