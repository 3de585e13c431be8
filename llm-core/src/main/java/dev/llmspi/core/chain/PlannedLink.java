package dev.llmspi.core.chain;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.core.resilience.ResilientProvider;
import dev.llmspi.core.settings.ProfileSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A link as one call would use it.
 *
 * @param name the provider instance
 * @param provider the provider; null if it cannot be used
 * @param model the model to send; absent: the provider is left to choose
 * @param why where the model comes from, for people
 * @param problem why the link is passed over; null if it is not
 * @param profiles mode and agent, the more specific first; they fill what the request leaves open
 * @param timeouts the clocks of caller, mode and agent
 */
public record PlannedLink(
        String name,
        @Nullable ResilientProvider provider,
        Optional<String> model,
        String why,
        @Nullable String problem,
        List<ProfileSettings> profiles,
        TimeoutSettings timeouts) {

    /** The request as this link sends it: with its model, and what mode and agent bring along. */
    ChatRequest complete(ChatRequest request) {
        ChatRequest.Builder builder = request.toBuilder().model(model.orElse(null));
        for (int i = profiles.size() - 1; i >= 0; i--) {
            ProfileSettings profile = profiles.get(i);
            if (request.temperature().isEmpty()) {
                profile.temperature().ifPresent(builder::temperature);
            }
            if (request.maxOutputTokens().isEmpty()) {
                profile.maxOutputTokens().ifPresent(builder::maxOutputTokens);
            }
            if (request.reasoning().isEmpty()) {
                profile.reasoning().ifPresent(builder::reasoning);
            }
        }
        return builder.build();
    }
}
