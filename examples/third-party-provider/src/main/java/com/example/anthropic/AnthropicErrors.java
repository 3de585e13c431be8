package com.example.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmConnectionException;
import dev.llmspi.api.error.LlmException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLException;

/** Maps an error reply to one of the eight error kinds, based on its HTTP status and the error type in its body. */
final class AnthropicErrors {

    private static final int LONGEST_TEXT = 2_000;

    private final String provider;
    private final Optional<String> model;
    private final List<String> secrets;
    private final TimeSource time;
    private final HttpResponse<?> reply;

    /** @param secrets the API key and the prompt, which are redacted in error messages if the server echoes them */
    AnthropicErrors(String provider, Optional<String> model, List<String> secrets, TimeSource time) {
        this(provider, model, secrets, time, null);
    }

    private AnthropicErrors(
            String provider, Optional<String> model, List<String> secrets, TimeSource time, HttpResponse<?> reply) {
        this.provider = provider;
        this.model = model;
        this.secrets = secrets;
        this.time = time;
        this.reply = reply;
    }

    AnthropicErrors forReply(HttpResponse<?> head) {
        return new AnthropicErrors(provider, model, secrets, time, head);
    }

    /** Returns the exception for an error object in a body or event. */
    LlmException of(JsonNode error) {
        String type = error.path("type").asText("");
        String text = error.path("message").asText("");
        int status = reply.statusCode();
        LlmException.Builder<? extends LlmException> builder = LlmException.builder(kind(type, status, text))
                .message("HTTP " + status + (type.isEmpty() ? "" : " " + type)
                        + (text.isEmpty() ? "" : ": " + redacted(text)))
                .provider(provider)
                .model(model.orElse(null))
                .status(status)
                .code(type.isEmpty() ? null : type)
                .requestId(reply.headers().firstValue("request-id").orElse(null));
        if (status / 100 == 3) {
            builder.reason(ErrorReason.REDIRECT).retryHere(false);
        }
        if (isTooLong(text)) {
            builder.reason(ErrorReason.CONTEXT_LENGTH);
        }
        retryAfter().ifPresent(builder::retryAfter);
        return builder.build();
    }

    private static ErrorKind kind(String type, int status, String text) {
        switch (type) {
            case "invalid_request_error":
                return isTooLong(text)
                        ? ErrorKind.MODEL
                        : text.contains("credit balance") ? ErrorKind.RESOURCE_EXHAUSTED : ErrorKind.INVALID_REQUEST;
            case "authentication_error", "permission_error":
                return ErrorKind.AUTHENTICATION;
            case "billing_error":
                return ErrorKind.RESOURCE_EXHAUSTED;
            case "not_found_error":
                return ErrorKind.MODEL;
            case "rate_limit_error":
                return ErrorKind.RATE_LIMIT;
            case "timeout_error":
                return ErrorKind.TIMEOUT;
            case "api_error", "overloaded_error":
                return ErrorKind.SERVICE;
            default:
                return byStatus(status);
        }
    }

    private static boolean isTooLong(String text) {
        return text.toLowerCase(Locale.ROOT).contains("prompt is too long");
    }

    private static ErrorKind byStatus(int status) {
        return switch (status) {
            case 401, 403 -> ErrorKind.AUTHENTICATION;
            case 402 -> ErrorKind.RESOURCE_EXHAUSTED;
            case 404 -> ErrorKind.MODEL;
            case 408, 504, 524 -> ErrorKind.TIMEOUT;
            case 409 -> ErrorKind.SERVICE;
            case 429 -> ErrorKind.RATE_LIMIT;
            default -> status / 100 == 4 ? ErrorKind.INVALID_REQUEST : ErrorKind.SERVICE;
        };
    }

    /**
     * Reads the Retry-After header, which contains either seconds or a date that is compared with the server's own
     * clock.
     */
    private Optional<Duration> retryAfter() {
        return reply.headers()
                .firstValue("retry-after")
                .flatMap(text -> text.matches("\\d{1,7}")
                        ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
                        : date(text).map(until -> Duration.between(now(), until)))
                .filter(wait -> !wait.isNegative() && !wait.isZero());
    }

    private Instant now() {
        return reply.headers().firstValue("date").flatMap(AnthropicErrors::date).orElse(time.now());
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Returns the server's text as one line in which the API key and the prompt are redacted. */
    private String redacted(String text) {
        String line = text;
        for (String secret : secrets) {
            line = line.replace(secret, "***");
        }
        line = line.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
        return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) : line;
    }

    /** Returns the exception for a missing or incomplete reply. */
    RuntimeException broken(Throwable cause) {
        if (cause instanceof CancellationException) {
            return new CancellationException("the exchange was cancelled");
        }
        boolean unsent = reply == null
                && (cause instanceof ConnectException
                        || cause instanceof HttpConnectTimeoutException
                        || cause instanceof UnresolvedAddressException
                        || cause instanceof SSLException);
        LlmException.Builder<LlmConnectionException> builder = LlmConnectionException.builder()
                .message(reply == null ? "no reply" : "the reply is incomplete")
                .reason(
                        cause instanceof SSLException
                                ? ErrorReason.TLS
                                : unsent ? ErrorReason.CONNECT_FAILED : ErrorReason.CONNECTION_LOST)
                .provider(provider)
                .model(model.orElse(null))
                .requestSent(!unsent)
                .cause(cause);
        return cause instanceof SSLException && unsent
                ? builder.retryHere(false).build()
                : builder.build();
    }
}
