package dev.llmspi.openai.wire;

import dev.llmspi.api.FinishReason;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why the model stopped, in the server's word.
 *
 * @param raw null if the server gave no reason
 */
record WireFinishReason(@Nullable String raw) {

    static final WireFinishReason NONE = new WireFinishReason(null);

    /**
     * Parts of words that servers use when something broke the generation off. DeepSeek says {@code insufficient_system_resource},
     * others {@code network_error}, {@code abort}, {@code cancelled} or {@code timeout}.
     */
    private static final List<String> BROKEN_OFF = List.of(
            "error",
            "abort",
            "cancel",
            "timeout",
            "timed_out",
            "time_out",
            "fail",
            "interrupt",
            "insufficient",
            "overload",
            "unavailable",
            "disconnect",
            "exception",
            "crash",
            "killed",
            "preempt",
            "evict",
            "shutdown");

    static WireFinishReason of(JsonObject choice) {
        return choice.text("finish_reason").map(WireFinishReason::new).orElse(NONE);
    }

    boolean isSaid() {
        return raw != null;
    }

    /** Whether the word says that the generation was broken off. A word that is not known says no such thing. */
    boolean isBrokenOff() {
        if (raw == null) {
            return false;
        }
        String word = raw.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
        for (String part : BROKEN_OFF) {
            if (word.contains(part)) {
                return true;
            }
        }
        return false;
    }

    /** Some servers say stop, or give no reason, although there are tool calls. */
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
