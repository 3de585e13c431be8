package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a status, a code word and, as a last resort, a text mean, the same for all servers. */
final class ErrorTable {

    /** A kind, its finer case, and what overrides the kind's columns. */
    record Verdict(
            ErrorKind kind,
            @Nullable ErrorReason reason,
            @Nullable Boolean retryHere,
            @Nullable Boolean tryNext) {

        Verdict(ErrorKind kind, @Nullable ErrorReason reason) {
            this(kind, reason, null, null);
        }
    }

    private ErrorTable() {}

    static Verdict byStatus(int status) {
        return switch (status) {
            case 401, 403 -> new Verdict(ErrorKind.AUTHENTICATION, null);
            case 402 -> new Verdict(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.INSUFFICIENT_CREDIT);
            case 404 -> new Verdict(ErrorKind.INVALID_REQUEST, ErrorReason.PROVIDER_SETTINGS, null, true);
            case 407 -> new Verdict(ErrorKind.CONNECTION, ErrorReason.PROXY_AUTHENTICATION, false, null);
            case 408, 504, 524 -> new Verdict(ErrorKind.TIMEOUT, ErrorReason.REMOTE_TIMEOUT);
            case 409 -> new Verdict(ErrorKind.SERVICE, null);
            case 412 -> new Verdict(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.QUOTA);
            case 413 -> new Verdict(ErrorKind.INVALID_REQUEST, ErrorReason.TOO_LARGE);
            case 429 -> new Verdict(ErrorKind.RATE_LIMIT, null);
            case 446 -> new Verdict(ErrorKind.INVALID_REQUEST, ErrorReason.CONTENT_FILTERED);
            default -> {
                if (status >= 300 && status < 400) {
                    yield new Verdict(ErrorKind.SERVICE, ErrorReason.REDIRECT, false, null);
                }
                yield new Verdict(status >= 400 && status < 500 ? ErrorKind.INVALID_REQUEST : ErrorKind.SERVICE, null);
            }
        };
    }

    /** What a code or type word decides; null: nothing. */
    static @Nullable Verdict byWord(String code, int status) {
        String word = code.toLowerCase(Locale.ROOT);
        boolean named = status < 300; // inside a success the word is all there is
        return switch (word) {
            case "context_length_exceeded", "exceed_context_size_error" ->
                new Verdict(ErrorKind.MODEL, ErrorReason.CONTEXT_LENGTH);
            case "model_not_found", "model_deprecated", "model_not_available" ->
                new Verdict(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND);
            case "insufficient_quota" -> new Verdict(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.QUOTA);
            case "content_policy_violation", "content_filter", "moderation_blocked" ->
                new Verdict(ErrorKind.INVALID_REQUEST, ErrorReason.CONTENT_FILTERED);
            case "rate_limit_exceeded", "rate_limit_error", "rate_limited", "too_many_requests" ->
                named ? byStatus(429) : null;
            case "invalid_api_key", "authentication", "authentication_error", "unauthorized" ->
                named ? byStatus(401) : null;
            case "payment_required", "insufficient_credits" -> named ? byStatus(402) : null;
            case "timeout", "timeout_error", "request_timeout" -> named ? byStatus(408) : null;
            case "invalid_request_error", "invalid_request", "bad_request" -> named ? byStatus(400) : null;
            default ->
                word.startsWith("billing_")
                        ? new Verdict(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.INSUFFICIENT_CREDIT)
                        : null;
        };
    }

    /** What a message decides when nothing structured did; null: nothing. */
    static @Nullable Verdict byText(String message, int status) {
        String text = message.toLowerCase(Locale.ROOT);
        if ((status == 400 || status == 413 || status == 422) && isAboutContext(text)) {
            return new Verdict(ErrorKind.MODEL, ErrorReason.CONTEXT_LENGTH);
        }
        if ((status == 400 || status == 404) && isAboutModel(text)) {
            return new Verdict(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND);
        }
        if (status == 429 && isAboutQuota(text)) {
            return new Verdict(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.QUOTA);
        }
        return null;
    }

    private static boolean isAboutContext(String text) {
        return text.contains("context length")
                || text.contains("context window")
                || text.contains("context size")
                || text.contains("prompt is too long")
                || text.contains("too many tokens");
    }

    private static boolean isAboutModel(String text) {
        return text.contains("is not a valid model")
                || text.contains("model not found")
                || text.contains("model")
                        && (text.contains("does not exist")
                                || text.contains("has been deprecated")
                                || text.contains("not supported by provider"));
    }

    private static boolean isAboutQuota(String text) {
        boolean comesBackSoon = text.contains("per minute") || text.contains("per-min") || text.contains("per second");
        return !comesBackSoon && (text.contains("quota") || text.contains("credit") || text.contains("billing"));
    }
}
