package dev.llmspi.api;

import java.util.List;

/** The side of a provider that lists its models; ask for it with {@link LlmProvider#as}. */
public interface ModelCatalog {

    /**
     * Fetches the list. One request; errors as {@link LlmProvider#chat} has them.
     *
     * @return all models in the provider's order
     */
    List<ModelInfo> models(CallContext context);
}
