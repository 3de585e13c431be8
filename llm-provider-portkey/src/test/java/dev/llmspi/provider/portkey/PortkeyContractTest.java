package dev.llmspi.provider.portkey;

import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.testkit.contract.OpenAiWireContract;
import java.util.Map;

class PortkeyContractTest extends OpenAiWireContract {

    @Override
    protected LlmProviderFactory factory() {
        return new PortkeyProviderFactory();
    }

    /** A self-hosted gateway, which has to be told the upstream. */
    @Override
    protected Map<String, ?> config(String baseUrl, String key) {
        return Map.of("base-url", baseUrl, "api-key", key, "provider", "openai");
    }
}
