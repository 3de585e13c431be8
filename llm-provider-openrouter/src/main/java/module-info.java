/** The provider for OpenRouter, found by {@link java.util.ServiceLoader}; a dialect of the OpenAI wire. */
module dev.llmspi.provider.openrouter {
    requires dev.llmspi.openai.wire;
    requires static org.jspecify;

    provides dev.llmspi.api.spi.LlmProviderFactory with
            dev.llmspi.provider.openrouter.OpenRouterProviderFactory;
}
