package dev.llmspi.core.routing;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.core.settings.ProfileSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A link of a chain, resolved for one call.
 *
 * @param name the name of the provider
 * @param target the provider, or null if it cannot be used
 * @param model the model to send; if absent, the provider chooses one
 * @param defaultModel the default model that the provider reported when the route was resolved
 * @param why where the model comes from, as human-readable text
 * @param problem the reason why the call skips the link, or null if the link is usable
 * @param profiles the settings of the mode and agent, the most specific first; they apply where the request sets no
 *     value
 * @param timeouts the timeouts set by the caller, mode and agent
 * @param configured the timeouts set by the mode and agent
 */
public record ResolvedLink(
        String name,
        @Nullable AttemptTarget target,
        Optional<String> model,
        Optional<String> defaultModel,
        String why,
        @Nullable String problem,
        List<ProfileSettings> profiles,
        TimeoutSettings timeouts,
        TimeoutSettings configured) {

    /**
     * The note on an attempt whose request omitted the provider data that came from another model, because only that
     * model accepts it.
     */
    public static final String FOREIGN_DATA_LEFT_OUT = "reasoning and provider fields of another model were left out";

    /**
     * Returns the timeouts of an attempt at this link.
     *
     * @param client the client's timeouts; they apply if the provider is missing and so has no settings
     */
    public TimeoutSettings attemptTimeouts(TimeoutSettings client) {
        AttemptTarget known = target;
        return timeouts.over(known == null ? client : known.timeouts());
    }

    /**
     * Completes a request with the model of this link and the settings of the mode and agent.
     *
     * @param foreignData whether the request contains provider data from another model, which must be omitted
     */
    public ChatRequest complete(ChatRequest request, boolean foreignData) {
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

    /** Whether the conversation contains reasoning details or provider fields from another provider or model. */
    public boolean holdsForeignData(ChatRequest request) {
        for (Message message : request.messages()) {
            if (message instanceof AssistantMessage reply && isForeign(reply)) {
                return true;
            }
        }
        return false;
    }

    private boolean isForeign(AssistantMessage reply) {
        return reply.hasProviderData() && !reply.isFrom(name, model.orElse(""));
    }

    private List<Message> withoutForeignData(List<Message> messages) {
        List<Message> kept = new ArrayList<>(messages.size());
        for (Message message : messages) {
            kept.add(
                    message instanceof AssistantMessage reply && isForeign(reply)
                            ? reply.withoutProviderData()
                            : message);
        }
        return kept;
    }
}
