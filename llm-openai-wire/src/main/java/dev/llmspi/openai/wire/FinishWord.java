package dev.llmspi.openai.wire;

import dev.llmspi.api.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * Why the model stopped, in the server's word.
 *
 * @param raw null: it said nothing
 */
record FinishWord(@Nullable String raw) {

    static FinishWord of(JsonObject choice) {
        return new FinishWord(choice.text("finish_reason").orElse(null));
    }

    boolean isError() {
        return "error".equals(raw);
    }

    /** Some servers say stop, or nothing, although there are tool calls. */
    FinishReason reason(boolean callsTools) {
        FinishReason said = raw == null
                ? FinishReason.UNKNOWN
                : switch (raw) {
                    case "stop" -> FinishReason.STOP;
                    case "length" -> FinishReason.LENGTH;
                    case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
                    case "content_filter" -> FinishReason.CONTENT_FILTER;
                    default -> FinishReason.UNKNOWN;
                };
        boolean open = said == FinishReason.STOP || said == FinishReason.UNKNOWN;
        return callsTools && open ? FinishReason.TOOL_CALLS : said;
    }
}
