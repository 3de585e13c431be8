package dev.llmspi.provider.openrouter;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.openai.wire.JsonObject;
import dev.llmspi.openai.wire.WireError;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What OpenRouter's errors mean. Asked in this order, the first that decides wins: {@code availability.code} (since
 * August 2026), {@code error_type}, the message, the status. The status is that of the body: it is the upstream's, and
 * the HTTP status may differ from it.
 */
final class OpenRouterErrors {

    private OpenRouterErrors() {}

    static void judge(WireError error) {
        JsonObject json = error.error();
        if (json.isEmpty()) {
            return; // not OpenRouter's own: a page of the edge before it, or a wrong base URL
        }
        UpstreamText.find(error).ifPresent(error::message);
        JsonObject availability = json.object("availability");
        String type = json.object("metadata")
                .text("error_type")
                .or(() -> json.text("error_type"))
                .or(() -> error.body().text("error_type"))
                .orElse("");
        if (json.text("code").isEmpty()) {
            availability
                    .text("code")
                    .or(() -> Optional.of(type).filter(word -> !word.isEmpty()))
                    .ifPresent(error::code);
        }
        if (!judgeByAvailability(availability, error)
                && !judgeByType(type, error)
                && !judgeByMessage(error)
                && !error.isTold()) {
            judgeByStatus(error, status(error, type));
        }
        if (availability.value("retryable") instanceof Boolean retryable) {
            error.retryHere(retryable);
            if (error.reason().orElse(null) != ErrorReason.CONTENT_FILTERED) {
                error.tryNext(true); // it is about who could serve the request, not about the request
            }
        }
    }

    private static boolean judgeByAvailability(JsonObject availability, WireError error) {
        switch (availability.text("code").orElse("")) {
            case "model_not_found",
                    "no_endpoints",
                    "model_deprecated",
                    "model_unavailable_upstream",
                    "privacy_restricted",
                    "constraint_filtered",
                    "free_variant_ended",
                    "region_restricted" -> error.judge(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND);
            case "wrong_endpoint" -> error.judge(ErrorKind.INVALID_REQUEST, ErrorReason.PROVIDER_SETTINGS);
            case "capacity_exhausted" -> error.judge(ErrorKind.RATE_LIMIT, null);
            case "temporarily_unavailable" -> error.judge(ErrorKind.SERVICE, null);
            default -> {
                return false;
            }
        }
        error.tryNext(true);
        return true;
    }

    private static boolean judgeByType(String type, WireError error) {
        switch (type) {
            case "context_length_exceeded" -> error.judge(ErrorKind.MODEL, ErrorReason.CONTEXT_LENGTH);
            case "max_tokens_exceeded", "string_too_long", "image_download_failed" -> {
                error.judge(ErrorKind.INVALID_REQUEST, null);
                error.tryNext(true);
            }
            case "token_limit_exceeded" -> {
                if (error.message().toLowerCase(Locale.ROOT).contains("credit")) {
                    error.judge(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.INSUFFICIENT_CREDIT);
                } else {
                    error.judge(ErrorKind.INVALID_REQUEST, null);
                    error.tryNext(true);
                }
            }
            case "authentication" -> error.judge(ErrorKind.AUTHENTICATION, null);
            case "permission_denied" -> judgeByStatus(error, 403);
            case "payment_required" -> judgeByStatus(error, 402);
            case "rate_limit_exceeded" -> judgeByStatus(error, 429);
            case "provider_overloaded", "provider_unavailable" -> error.judge(ErrorKind.SERVICE, null);
            case "timeout" -> error.judge(ErrorKind.TIMEOUT, ErrorReason.REMOTE_TIMEOUT);
            case "not_found" -> error.judge(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND);
            case "content_policy_violation", "refusal" ->
                error.judge(ErrorKind.INVALID_REQUEST, ErrorReason.CONTENT_FILTERED);
            case "payload_too_large" -> error.judge(ErrorKind.INVALID_REQUEST, ErrorReason.TOO_LARGE);
            case "invalid_prompt",
                    "unprocessable",
                    "precondition_failed",
                    "invalid_image",
                    "image_too_large",
                    "image_too_small",
                    "unsupported_image_format",
                    "image_not_found" -> error.judge(ErrorKind.INVALID_REQUEST, null);
            default -> {
                return false; // invalid_request, server, unmapped and words to come decide nothing
            }
        }
        return true;
    }

    private static boolean judgeByMessage(WireError error) {
        String text = error.message().toLowerCase(Locale.ROOT);
        int status = error.bodyStatus() == 0 ? error.status() : error.bodyStatus();
        if (text.contains("free-models-per-day")) {
            error.judge(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.QUOTA);
        } else if (contains(text, "free-models-per-min", "temporarily rate-limited upstream", "engine_overloaded")) {
            error.judge(ErrorKind.RATE_LIMIT, null);
        } else if (status != 402
                && contains(
                        text,
                        "requires more credits",
                        "can only afford",
                        "insufficient credits",
                        "prompt tokens limit exceeded",
                        "requires at least $")) {
            error.judge(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.INSUFFICIENT_CREDIT);
        } else if ((status == 400 || status == 413 || status == 422)
                && contains(text, "context length", "prompt is too long", "too many tokens")) {
            error.judge(ErrorKind.MODEL, ErrorReason.CONTEXT_LENGTH);
        } else if (contains(text, "is not a valid model id", "no endpoints found", "no allowed providers")) {
            error.judge(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND);
        } else if (contains(text, "requires moderation", "was flagged")) {
            error.judge(ErrorKind.INVALID_REQUEST, ErrorReason.CONTENT_FILTERED);
        } else {
            return false;
        }
        return true;
    }

    private static void judgeByStatus(WireError error, int status) {
        JsonObject metadata = error.error().object("metadata");
        String source = metadata.text("limit_source").orElse("");
        error.judgeByStatus(status);
        switch (status) {
            case 402 -> {
                boolean inFlight = source.equals("openrouter_in_flight_budget")
                        || metadata.text("reason").orElse("").equals("in_flight_budget_exhausted");
                // Without a hint when to come back it is as good as out of credit.
                if (inFlight && error.retryAfter().isPresent()) {
                    error.judge(ErrorKind.RATE_LIMIT, ErrorReason.IN_FLIGHT_BUDGET);
                } else if (source.equals("openrouter_key_limit")) {
                    error.judge(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.QUOTA);
                }
            }
            case 403 -> judgeForbidden(error, metadata);
            case 404 -> error.judge(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND);
            case 412 -> error.judge(ErrorKind.INVALID_REQUEST, null);
            case 429 -> {
                ErrorReason limit = exhausted(source);
                if (limit != null) {
                    error.judge(ErrorKind.RESOURCE_EXHAUSTED, limit);
                }
            }
            default -> {}
        }
    }

    private static @Nullable ErrorReason exhausted(String limitSource) {
        return switch (limitSource) {
            case "openrouter_free_tier_daily", "openrouter_key_limit" -> ErrorReason.QUOTA;
            case "openrouter_credits" -> ErrorReason.INSUFFICIENT_CREDIT;
            default -> null;
        };
    }

    /** The metadata quotes the prompt (flagged_input, patterns): seen here, shown nowhere. */
    private static void judgeForbidden(WireError error, JsonObject metadata) {
        String text = error.message().toLowerCase(Locale.ROOT);
        boolean refused = !metadata.list("reasons").isEmpty()
                || metadata.value("flagged_input") != null
                || metadata.value("patterns") != null
                || text.contains("request blocked");
        if (refused) {
            error.judge(ErrorKind.INVALID_REQUEST, ErrorReason.CONTENT_FILTERED);
        } else if (text.contains("only available on")) {
            error.judge(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND);
        }
    }

    /** The body's number, else the one its error type stands for, else that of HTTP. */
    private static int status(WireError error, String type) {
        if (error.bodyStatus() != 0) {
            return error.bodyStatus();
        }
        boolean wordsOnly = error.reply().status() < 300;
        return wordsOnly && type.equals("invalid_request") ? 400 : error.status();
    }

    private static boolean contains(String text, String... pieces) {
        for (String piece : pieces) {
            if (text.contains(piece)) {
                return true;
            }
        }
        return false;
    }
}
