package dev.llmspi.openai.wire;

import dev.llmspi.api.FinishReason;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The server's finish reason.
 *
 * @param raw the word that the server sent; null if it sent none
 */
record WireFinishReason(@Nullable String raw) {

    static final WireFinishReason NONE = new WireFinishReason(null);

    /**
     * Prefixes of the words that servers send when the generation failed early. DeepSeek sends
     * {@code insufficient_system_resource}, and other servers send {@code network_error}, {@code aborted},
     * {@code cancelled} or {@code timeout}.
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

    /** Words that negate the words above, or that mean that there is no finish reason yet. */
    private static final Set<String> NO = Set.of("no", "not", "without", "none", "null");

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^a-z0-9]+");

    static WireFinishReason of(JsonObject choice) {
        return of(choice.text("finish_reason").orElse(null));
    }

    /** Creates a finish reason. Some servers send {@code "null"} or {@code "none"} instead of a JSON null. */
    static WireFinishReason of(@Nullable String word) {
        boolean none = word == null || word.isBlank() || word.equalsIgnoreCase("null") || word.equalsIgnoreCase("none");
        return none ? NONE : new WireFinishReason(word);
    }

    boolean isPresent() {
        return raw != null;
    }

    /** Whether the word reports that the generation failed early; false for an unknown word. */
    boolean isBrokenOff() {
        if (raw == null || reason(false) != FinishReason.UNKNOWN) {
            return false; // the usual words need no closer look
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

    /** Describes the early end of the generation for an error message. */
    String brokenOff(Redactor redactor) {
        return "stopped generating early (finish reason \"" + redactor.nameInError(String.valueOf(raw)) + "\")";
    }

    /**
     * Converts the word to the API's finish reason. Some servers send {@code stop} or no word although there are tool
     * calls.
     */
    FinishReason reason(boolean callsTools) {
        FinishReason mapped = raw == null
                ? FinishReason.UNKNOWN
                : switch (raw.toLowerCase(Locale.ROOT)) {
                    case "stop" -> FinishReason.STOP;
                    case "length" -> FinishReason.LENGTH;
                    case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
                    case "content_filter" -> FinishReason.CONTENT_FILTER;
                    default -> FinishReason.UNKNOWN;
                };
        boolean open = mapped == FinishReason.STOP || mapped == FinishReason.UNKNOWN;
        return callsTools && open ? FinishReason.TOOL_CALLS : mapped;
    }
}
