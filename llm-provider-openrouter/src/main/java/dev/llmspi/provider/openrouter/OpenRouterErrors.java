package dev.llmspi.provider.openrouter;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.ModelAvailability;
import dev.llmspi.openai.wire.JsonObject;
import dev.llmspi.openai.wire.WireError;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Classifies errors that are specific to OpenRouter. It reads the upstream's message and {@code error.availability}
 * (sent since August 2026), and handles two HTTP statuses that have another meaning at OpenRouter. The common rules
 * cover OpenRouter's codes, types and messages.
 */
final class OpenRouterErrors {

    /** The longest plausible wait, in seconds. A longer wait is ignored. */
    private static final BigDecimal LONGEST = BigDecimal.valueOf(1_000_000_000);

    private OpenRouterErrors() {}

    static void judge(WireError error) {
        JsonObject json = error.error();
        if (json.isEmpty()) {
            return; // OpenRouter itself did not send this error; its edge did, or the base URL is wrong
        }
        UpstreamText.find(error).ifPresent(error::message);
        JsonObject availability = json.object("availability");
        if (json.text("code").isEmpty()) {
            availability.text("code").or(() -> type(error)).ifPresent(error::code);
        }
        if (error.isByStatus()) {
            judgeByStatus(error, error.bodyStatus() == 0 ? error.status() : error.bodyStatus());
        }
        if (!availability.isEmpty()) {
            judge(availability, error);
        }
    }

    private static Optional<String> type(WireError error) {
        return error.error()
                .object("metadata")
                .text("error_type")
                .or(() -> error.error().text("error_type"))
                .or(() -> error.body().text("error_type"));
    }

    /** Classifies an error by its HTTP status. At OpenRouter, 404 always concerns the model and 412 the request. */
    private static void judgeByStatus(WireError error, int status) {
        if (status == 404) {
            error.judge(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND);
        } else if (status == 412) {
            error.judge(ErrorKind.INVALID_REQUEST, null);
        }
    }

    private static void judge(JsonObject availability, WireError error) {
        JsonObject constraint = availability.object("constraint");
        ModelAvailability.Builder said = ModelAvailability.builder()
                .code(availability.text("code").orElse(null))
                .retryAfter(availability
                        .decimal("retry_after")
                        .filter(seconds -> seconds.signum() > 0 && seconds.compareTo(LONGEST) < 0)
                        .map(seconds ->
                                Duration.ofMillis(seconds.movePointRight(3).longValue()))
                        .orElse(null))
                .fallbackModels(texts(availability.list("fallback_models")))
                .constraintField(constraint.text("field").orElse(null))
                .constraintDetail(constraint.text("detail").orElse(null));
        if (availability.value("retryable") instanceof Boolean retryable) {
            said.retryable(retryable);
            error.retryHere(retryable);
            if (error.reason().orElse(null) != ErrorReason.CONTENT_FILTERED) {
                error.tryNext(true); // no upstream could serve the request, but the request is valid
            }
        }
        error.availability(said.build());
    }

    private static List<String> texts(List<?> values) {
        List<String> texts = new ArrayList<>();
        for (Object value : values) {
            if (value instanceof String text) {
                texts.add(text);
            }
        }
        return texts;
    }
}
