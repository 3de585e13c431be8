package dev.llmspi.examples.show;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the JSON object that {@code --json} prints for a call. All names are always present, and missing values are
 * null. Scripts depend on the names, so names may be added but not changed.
 */
public final class CallJson {

    private CallJson() {}

    public static Map<String, @Nullable Object> answer(ChatResponse response, Duration took) {
        return object(
                "outcome", "success",
                "callId", response.callId(),
                "text", response.text(),
                "finishReason", response.finishReason().name().toLowerCase(Locale.ROOT),
                "rawFinishReason", response.rawFinishReason(),
                "provider", response.provider(),
                "model", response.model(),
                "requestId", response.requestId(),
                "usage", usage(response.usage()),
                "durationMs", took.toMillis(),
                "error", null,
                "attempts", attempts(response.attempts()),
                "toolCalls", toolCalls(response.toolCalls()));
    }

    /** Returns the object for a streamed answer. */
    public static Map<String, @Nullable Object> streamed(ChatResponse response, Duration took) {
        Map<String, @Nullable Object> json = answer(response, took);
        json.put("timeToFirstTokenMs", firstToken(response.attempts()).map(Duration::toMillis));
        return json;
    }

    public static Map<String, @Nullable Object> error(LlmException error, Duration took) {
        Map<String, @Nullable Object> json =
                failure(took, KindName.of(error.kind()), String.valueOf(error.getMessage()));
        json.put("callId", filled(error.callId()));
        json.put("provider", filled(error.provider()));
        json.put("model", error.model());
        json.put("requestId", error.requestId());
        json.put(
                "error",
                object(
                        "kind", KindName.of(error.kind()),
                        "reason", error.reason().map(Enum::name),
                        "status", error.status(),
                        "code", error.code(),
                        "retryAfterMs", error.retryAfter().map(Duration::toMillis),
                        "message", error.getMessage()));
        json.put("attempts", attempts(error.attempts()));
        return json;
    }

    /** Returns the object for a stream that failed, including the part that was delivered. */
    public static Map<String, @Nullable Object> streamed(LlmException error, Duration took) {
        Map<String, @Nullable Object> json = error(error, took);
        json.put("toolCalls", error.partial().map(partial -> toolCalls(partial.toolCalls())));
        json.put("partialText", error.partial().map(ChatResponse::text));
        json.put("timeToFirstTokenMs", firstToken(error.attempts()).map(Duration::toMillis));
        return json;
    }

    /**
     * Returns the time to the first token in the attempt that delivered content. At most one attempt delivers content.
     */
    public static Optional<Duration> firstToken(List<Attempt> attempts) {
        return attempts.stream()
                .flatMap(attempt -> attempt.firstToken().stream())
                .findFirst();
    }

    /** Returns the object for a call that failed before it began. */
    public static Map<String, @Nullable Object> failure(Duration took, @Nullable String kind, String message) {
        return object(
                "outcome", "error",
                "callId", null,
                "text", null,
                "finishReason", null,
                "rawFinishReason", null,
                "provider", null,
                "model", null,
                "requestId", null,
                "usage", null,
                "durationMs", took.toMillis(),
                "error",
                        object(
                                "kind", kind,
                                "reason", null,
                                "status", null,
                                "code", null,
                                "retryAfterMs", null,
                                "message", message),
                "attempts", List.of(),
                "toolCalls", null);
    }

    private static List<Map<String, @Nullable Object>> toolCalls(List<ToolCall> calls) {
        return calls.stream()
                .map(call -> object("id", call.id(), "name", call.name(), "arguments", call.arguments()))
                .toList();
    }

    static Map<String, @Nullable Object> usage(Usage usage) {
        return object(
                "inputTokens", usage.inputTokens(),
                "outputTokens", usage.outputTokens(),
                "totalTokens", usage.totalTokens(),
                "cachedInputTokens", usage.cachedInputTokens(),
                "reasoningTokens", usage.reasoningTokens(),
                "cost", usage.cost());
    }

    private static List<Map<String, @Nullable Object>> attempts(List<Attempt> attempts) {
        return attempts.stream()
                .map(attempt -> object(
                        "provider", attempt.provider(),
                        "model", attempt.model(),
                        "outcome", attempt.outcome().name().toLowerCase(Locale.ROOT),
                        "sent", attempt.sent(),
                        "kind", attempt.kind().map(KindName::of),
                        "status", attempt.status(),
                        "startMs", attempt.start().toMillis(),
                        "durationMs", attempt.duration().toMillis(),
                        "waitMs", attempt.waitBefore().toMillis(),
                        "retryAfterMs", attempt.retryAfter().map(Duration::toMillis),
                        "requestId", attempt.requestId()))
                .toList();
    }

    private static Optional<String> filled(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
