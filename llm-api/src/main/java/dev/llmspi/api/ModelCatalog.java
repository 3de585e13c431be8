package dev.llmspi.api;

import java.util.List;

/** An optional interface for providers that can list their models. Obtain it with {@link LlmProvider#as}. */
public interface ModelCatalog {

    /**
     * Fetches the list of models with one request. Throws the same errors as {@link LlmProvider#chat}.
     *
     * @return all models, in the provider's order
     */
    List<ModelInfo> models(CallContext context);
}
