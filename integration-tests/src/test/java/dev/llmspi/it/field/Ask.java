package dev.llmspi.it.field;

import dev.llmspi.api.Message;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one call of a case asks.
 *
 * @param messages added to the conversation before it
 * @param tools the tools offered besides those the answers call
 * @param model the model to ask; null: the default one
 * @param parameters such as {@code temperature}, by the name a case gives them
 */
record Ask(
        Link link,
        List<Message> messages,
        List<String> tools,
        @Nullable String model,
        Map<String, String> parameters) {

    /** Who is to answer. */
    enum Link {
        /** The first link of the chain, which the case's replies come from. */
        FIRST,
        /** The second link, asked by name. */
        NEXT,
        /** The second link, because the first has no credit left. */
        FALLBACK
    }
}
