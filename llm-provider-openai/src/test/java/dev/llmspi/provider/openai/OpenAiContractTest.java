package dev.llmspi.provider.openai;

import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.testkit.contract.OpenAiWireContract;

class OpenAiContractTest extends OpenAiWireContract {

    @Override
    protected LlmProviderFactory factory() {
        return new OpenAiProviderFactory();
    }
}
