package dev.llmspi.provider.openrouter;

import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.testkit.contract.OpenAiWireContract;

class OpenRouterContractTest extends OpenAiWireContract {

    @Override
    protected LlmProviderFactory factory() {
        return new OpenRouterProviderFactory();
    }
}
