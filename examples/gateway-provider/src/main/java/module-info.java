/**
 * Contains a provider for a company's own gateway, which uses OpenAI's protocol with an OAuth token that is fetched and
 * renewed.
 */
module com.example.gateway {
    requires dev.llmspi.openai.wire;
    requires java.net.http;

    provides dev.llmspi.api.spi.LlmProviderFactory with
            com.example.gateway.GatewayProviderFactory;
}
