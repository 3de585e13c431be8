package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import org.jspecify.annotations.Nullable;

/**
 * The provider and model that receive a request.
 *
 * @param provider the provider instance
 * @param model the model as it is sent
 * @param requested the model as the request names it, which a dialect may have changed; null if it names none
 */
record Recipient(String provider, String model, @Nullable String requested) {

    /**
     * Whether a message came from this provider and model, so that what only they take back may go there. A message and
     * a request that both name no model mean the provider's default model.
     */
    boolean wrote(AssistantMessage message) {
        if (message.isFrom(provider, model)) {
            return true;
        }
        return requested != null
                ? message.isFrom(provider, requested)
                : message.model().isEmpty()
                        && provider.equals(message.provider().orElse(null));
    }
}
