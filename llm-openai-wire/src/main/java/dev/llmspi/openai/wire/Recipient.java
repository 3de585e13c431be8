package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import org.jspecify.annotations.Nullable;

/**
 * The provider and model that receive a request.
 *
 * @param provider the name of the provider instance
 * @param model the model name that is sent to the server; {@code ""} if the server chooses the model
 * @param requested the model that the request names, before the dialect changes the name; null if it names none
 */
record Recipient(String provider, String model, @Nullable String requested) {

    /**
     * Whether a message came from this provider and model, so that they accept its provider-specific fields. If neither
     * the message nor the request names a model, both refer to the provider's default model.
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
