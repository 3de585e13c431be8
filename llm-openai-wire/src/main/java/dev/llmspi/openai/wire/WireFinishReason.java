package dev.llmspi.openai.wire;

import dev.llmspi.api.FinishReason;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why the model stopped, in the server's word.
 *
 * @param raw null if the server gave no reason
 */
record WireFinishReason(@Nullable String raw) {

    static final WireFinishReason NONE = new WireFinishReason(null);

    /**
     * Beginnings of words that servers use when something broke the generation off. DeepSeek says
     * {@code insufficient_system_resource}, others {@code network_error}, {@code aborted}, {@code cancelled} or {@code
     * timeout}.
     */
    private static final List<String> BROKEN_OFF = List.of(
            "error",
            "abort",
            "cancel",
            "timeout",
            "timedout",
            "fail",
            "interrupted",
            "insufficient",
            "overload",
            "unavailable",
            "disconnect",
            "exception",
            "crash",
            "killed",
            "preempt",
            "evict",
            "shutdown",
            "deadline",
            "terminated",
            "died",
            "oom",
            "memory",
            "unexpected",
            "busy",
            "closed",
            "reset",
            "lost",
            "broken",
            "ratelimit");

    /** Words that turn the meaning round, or that mean that there is no reason yet. */
    private static final Set<String> NO = Set.of("no", "not", "without", "none", "null");

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^a-z0-9]+");

    static WireFinishReason of(JsonObject choice) {
        return of(choice.text("finish_reason").orElse(null));
    }

    /** Some servers write {@code "null"} or {@code "none"} where JSON has null. */
    static WireFinishReason of(@Nullable String word) {
        boolean none = word == null || word.isBlank() || word.equalsIgnoreCase("null") || word.equalsIgnoreCase("none");
        return none ? NONE : new WireFinishReason(word);
    }

    boolean isSaid() {
        return raw != null;
    }

    /** Whether the word says that the generation was broken off; false for an unknown word. */
    boolean isBrokenOff() {
        if (raw == null) {
            return false;
        }
        String words = BETWEEN_WORDS.matcher(raw.toLowerCase(Locale.ROOT)).replaceAll("_");
        boolean broken = false;
        for (String word : words.replace("timed_out", "timedout")
                .replace("time_out", "timeout")
                .replace("rate_limit", "ratelimit")
                .split("_")) {
            if (NO.contains(word)) {
                return false;
            }
            broken |= BROKEN_OFF.stream().anyMatch(word::startsWith);
        }
        return broken;
    }

    /** Some servers say stop, or give no reason, although there are tool calls. */
    FinishReason reason(boolean callsTools) {
        FinishReason said = raw == null
                ? FinishReason.UNKNOWN
                : switch (raw.toLowerCase(Locale.ROOT)) {
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
