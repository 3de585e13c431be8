package dev.llmspi.core.chain;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.core.resilience.ResilientProvider;
import dev.llmspi.core.settings.ProfileSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A link as one call would use it.
 *
 * @param name the provider instance
 * @param provider the provider; null if it cannot be used
 * @param model the model to send; absent: the provider is left to choose
 * @param defaultModel what the provider called its default model when the plan was made
 * @param why where the model comes from, for people
 * @param problem why the link is passed over; null if it is not
 * @param profiles mode and agent, the more specific first; they fill what the request leaves open
 * @param timeouts the clocks of caller, mode and agent
 * @param configured the clocks of mode and agent alone
 */
public record PlannedLink(
        String name,
        @Nullable ResilientProvider provider,
        Optional<String> model,
        Optional<String> defaultModel,
        String why,
        @Nullable String problem,
        List<ProfileSettings> profiles,
        TimeoutSettings timeouts,
        TimeoutSettings configured) {

    /** The note on an attempt whose request lost data that only the model it came from takes back. */
    static final String FOREIGN_DATA_LEFT_OUT = "reasoning and provider fields of another model were left out";

    /**
     * The request as this link sends it: with its model, and what mode and agent bring along.
     *
     * @param foreignData whether it holds provider data of another model, which is left out
     */
    ChatRequest complete(ChatRequest request, boolean foreignData) {
        if (!foreignData && profiles.isEmpty() && model.equals(request.model())) {
            return request;
        }
        ChatRequest.Builder builder = request.toBuilder().model(model.orElse(null));
        if (foreignData) {
            builder.messages(withoutForeignData(request.messages()));
        }
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

    /** Whether the conversation holds reasoning details or provider fields of another provider or model. */
    boolean holdsForeignData(ChatRequest request) {
        for (Message message : request.messages()) {
            if (message instanceof AssistantMessage said && isForeign(said)) {
                return true;
            }
        }
        return false;
    }

    private boolean isForeign(AssistantMessage said) {
        return said.hasProviderData() && !said.isFrom(name, model.orElse(""));
    }

    private List<Message> withoutForeignData(List<Message> messages) {
        List<Message> kept = new ArrayList<>(messages.size());
        for (Message message : messages) {
            kept.add(
                    message instanceof AssistantMessage said && isForeign(said) ? said.withoutProviderData() : message);
        }
        return kept;
    }
}
