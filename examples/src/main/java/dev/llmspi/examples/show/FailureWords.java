package dev.llmspi.examples.show;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.util.Optional;

/** Says in a few words why an attempt gave no answer. The words continue a sentence that begins with the provider. */
public final class FailureWords {

    private FailureWords() {}

    /** Returns words such as {@code is out of credit} or {@code failed (503)}. */
    public static String of(Attempt attempt) {
        return attempt.reason().flatMap(reason -> words(reason, attempt)).orElseGet(() -> words(attempt));
    }

    private static Optional<String> words(ErrorReason reason, Attempt attempt) {
        return Optional.ofNullable(
                switch (reason) {
                    case UNKNOWN_HOST -> "has an unknown host name";
                    case CONNECT_FAILED -> "cannot be reached";
                    case TLS -> "has a certificate that is not trusted";
                    case STALE_CONNECTION, UNPROCESSED, CONNECTION_LOST -> "lost the connection";
                    case PROXY_AUTHENTICATION -> "is behind a proxy that needs a password";
                    case MISSING_CREDENTIAL -> "has no API key";
                    case FORBIDDEN -> "refused access";
                    case CLIENT_LIMIT, IN_FLIGHT_BUDGET -> "has reached a limit in the settings";
                    case INSUFFICIENT_CREDIT -> "is out of credit";
                    case QUOTA -> "has used up its quota";
                    case CONTENT_FILTERED -> "refused the content";
                    case PROVIDER_SETTINGS -> "has wrong settings";
                    case TOO_LARGE ->
                        attempt.kind().equals(Optional.of(ErrorKind.INVALID_REQUEST))
                                ? "cannot take a request of this size"
                                : "sent an answer that is too large";
                    case REDIRECT, MALFORMED_RESPONSE, PROVIDER_FAULT -> "sent no usable answer";
                    case EMPTY_RESPONSE -> "sent an empty answer";
                    case TRUNCATED -> "broke off its answer";
                    case MODEL_NOT_FOUND ->
                        "does not have the model"
                                + attempt.model().map(model -> " " + model).orElse("");
                    case CONTEXT_LENGTH -> "cannot take a prompt of this length";
                    case MISSING_CAPABILITY -> "has no model that can do this";
                    case OTHER_MODEL -> "has another model";
                    case NOT_MAPPED -> "has no model for this call";
                    case COOLDOWN -> "is paused after an earlier failure";
                    default -> null;
                });
    }

    private static String words(Attempt attempt) {
        // A status below 300 belongs to an answer that began well, and would be misleading here.
        String status = attempt.status().isPresent() && attempt.status().getAsInt() >= 300
                ? " (" + attempt.status().getAsInt() + ")"
                : "";
        ErrorKind kind = attempt.kind().orElse(null);
        if (kind == null) {
            return "was skipped";
        }
        return switch (kind) {
            case CONNECTION -> "cannot be reached";
            case AUTHENTICATION -> "rejected the API key" + status;
            case RATE_LIMIT -> "is too busy" + status;
            case RESOURCE_EXHAUSTED -> "is out of credit or quota" + status;
            case INVALID_REQUEST -> "refused the request" + status;
            case SERVICE -> "failed" + status;
            case TIMEOUT -> "did not answer in time";
            case MODEL -> "cannot use the model" + status;
        };
    }
}
