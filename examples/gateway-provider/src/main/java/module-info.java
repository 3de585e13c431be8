/** A company's own gateway: the OpenAI protocol behind a token that is fetched and renewed. */
module com.example.gateway {
    requires dev.llmspi.openai.wire;
    requires java.net.http;

    provides dev.llmspi.api.spi.LlmProviderFactory with
            com.example.gateway.GatewayProviderFactory;
}
