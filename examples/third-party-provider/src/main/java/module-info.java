/** Contains a provider for Anthropic's Messages API. */
module com.example.anthropic {
    requires com.fasterxml.jackson.databind;
    requires dev.llmspi.api;
    requires java.net.http;

    provides dev.llmspi.api.spi.LlmProviderFactory with
            com.example.anthropic.AnthropicProviderFactory;
}
