package dev.llmspi.provider.portkey;

import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.testkit.contract.OpenAiWireContract;
import java.util.Map;

class PortkeyContractTest extends OpenAiWireContract {

    @Override
    protected LlmProviderFactory factory() {
        return new PortkeyProviderFactory();
    }

    /** Returns the configuration for a self-hosted gateway, which requires the name of the upstream. */
    @Override
    protected Map<String, ?> config(String baseUrl, String key) {
        return Map.of("base-url", baseUrl, "api-key", key, "provider", "openai");
    }
}
