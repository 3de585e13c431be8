package dev.llmspi.it.field;

import dev.llmspi.api.Message;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The request for one call of a case.
 *
 * @param messages the messages to add to the conversation before the call
 * @param tools the tools to offer in addition to those that the answers call
 * @param model the requested model, or null for the default model
 * @param parameters parameters such as {@code temperature}, by their name in the case file
 */
record Ask(
        Link link,
        List<Message> messages,
        List<String> tools,
        @Nullable String model,
        Map<String, String> parameters) {

    /** The link that should answer the call. */
    enum Link {
        /** The first link of the chain, which sends the replies defined by the case. */
        FIRST,
        /** The second link, which the call selects by name. */
        NEXT,
        /** The second link, which answers as a fallback because the first link is out of credit. */
        FALLBACK
    }
}
