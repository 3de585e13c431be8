package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.ModelAvailability;
import dev.llmspi.openai.wire.error.ErrorFacts;
import dev.llmspi.openai.wire.error.TokenNumbers;
import dev.llmspi.openai.wire.http.TransportException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Maps replies and transport failures to exceptions. No other class does so. The status, the headers and the body
 * determine one of the eight error kinds, both for HTTP errors and for errors inside a reply with the status 200.
 */
final class ErrorMapper {

    private static final int CODE_LIMIT = 120;

    private final OpenAiDialect dialect;
    private final TimeSource time;

    ErrorMapper(OpenAiDialect dialect, TimeSource time) {
        this.dialect = dialect;
        this.time = time;
    }

    /** Maps an error that the server reported. */
    LlmException map(WireReply reply, ErrorBody body, WireCall call, Redactor redactor) {
        ErrorFacts facts = body.facts(reply, redactor);
        WireError error = new WireError(reply, body, facts, new RetryAfter(reply, facts, time));
        dialect.error(error);
        reply.header("x-should-retry").ifPresent(value -> shouldRetry(value, error));
        Duration wait = error.retryAfter().orElse(null);
        TokenNumbers tokens =
                TokenNumbers.of(facts, error.kind(), error.reason().orElse(null));
        return call.error(error.kind(), error.reason().orElse(null))
                .status(error.status())
                .code(error.code().map(code -> redactor.shown(code, CODE_LIMIT)).orElse(null))
                .requestId(reply.requestId().map(redactor::nameInError).orElse(null))
                .retryAfter(wait)
                .contextLimit(tokens.limit())
                .requestedTokens(tokens.requested())
                .availability(error.availability()
                        .map(availability -> shown(availability, redactor))
                        .orElse(null))
                .retryHere(error.retryHere())
                .tryNext(error.tryNext())
                .message(call.says(summary(error, redactor) + advice(error, wait)))
                .build();
    }

    /**
     * Applies the header by which Anthropic and OpenAI tell clients whether to retry. It takes precedence over the
     * error kind and the dialect.
     */
    private static void shouldRetry(String value, WireError error) {
        if (value.equals("true") || value.equals("false")) {
            error.retryHere(value.equals("true"));
        }
    }

    private static ModelAvailability shown(ModelAvailability availability, Redactor redactor) {
        return ModelAvailability.builder()
                .code(availability.code().map(redactor::nameInError).orElse(null))
                .retryable(availability.retryable().orElse(null))
                .retryAfter(availability.retryAfter().orElse(null))
                .fallbackModels(availability.fallbackModels().stream()
                        .map(redactor::nameInError)
                        .toList())
                .constraintField(availability
                        .constraintField()
                        .map(redactor::nameInError)
                        .orElse(null))
                .constraintDetail(
                        availability.constraintDetail().map(redactor::shown).orElse(null))
                .build();
    }

    /** Whether codes, members or words in a body are recognised as an error. Used for bodies that are not JSON. */
    boolean recognises(WireReply reply, ErrorBody body, Redactor redactor) {
        ErrorFacts facts = body.facts(reply, redactor);
        return !new WireError(reply, body, facts, new RetryAfter(reply, facts, time)).isByStatus();
    }

    /** Creates the error for a successful reply that is not a usable answer. */
    LlmException unusable(WireReply reply, ErrorReason reason, String what, WireCall call, Redactor redactor) {
        return call.error(ErrorKind.SERVICE, reason)
                .status(reply.status())
                .requestId(reply.requestId().map(redactor::nameInError).orElse(null))
                .retryHere(reason == ErrorReason.TOO_LARGE ? false : null)
                .message(call.says(what + " (status " + reply.status() + ")"
                        + (reason == ErrorReason.TOO_LARGE ? advice(reason) : "; try again or another provider")))
                .build();
    }

    /** Maps a transport failure, in which case there is no complete reply. */
    LlmException map(TransportException failure, WireCall call) {
        boolean certain = failure.reason() == ErrorReason.TLS
                || failure.reason() == ErrorReason.PROXY_AUTHENTICATION
                || failure.reason() == ErrorReason.TOO_LARGE;
        return call.error(failure.kind(), failure.reason())
                .status(failure.status())
                .requestSent(failure.sent())
                .retryHere(certain ? false : null)
                .cause(failure.getCause())
                .message(call.says(failure.getMessage() + advice(failure.reason())))
                .build();
    }

    private static String summary(WireError error, Redactor redactor) {
        // The body of a redirect is not shown, because it contains the target address.
        String message = error.reason().orElse(null) == ErrorReason.REDIRECT ? "" : redactor.shown(error.message());
        String answered = error.status() < 300 ? "answered with an error" : "answered " + error.status();
        return message.isEmpty() ? answered : answered + ": " + message;
    }

    private static String advice(WireError error, @Nullable Duration wait) {
        ErrorReason reason = error.reason().orElse(null);
        String what =
                switch (error.kind()) {
                    case AUTHENTICATION ->
                        reason == ErrorReason.FORBIDDEN
                                ? "check its key, or whether a firewall refuses the content"
                                : "check the key and its permissions";
                    case RATE_LIMIT -> wait == null ? "slow down" : "wait " + wait.toMillis() + " ms";
                    case RESOURCE_EXHAUSTED -> "add credit or raise the limit there";
                    case MODEL ->
                        reason == ErrorReason.CONTEXT_LENGTH
                                ? "shorten the conversation or choose a model with more context"
                                : "choose another model";
                    case INVALID_REQUEST -> adviceOnRequest(reason);
                    default ->
                        reason == ErrorReason.REDIRECT ? "redirects are not followed; check its base-url" : "try later";
                };
        return " (" + what + ")";
    }

    private static String adviceOnRequest(@Nullable ErrorReason reason) {
        if (reason == ErrorReason.PROVIDER_SETTINGS) {
            return "check its base-url and settings";
        }
        if (reason == ErrorReason.CONTENT_FILTERED) {
            return "the content was refused";
        }
        return reason == ErrorReason.UNRECOGNISED
                ? "the reason is unknown; another provider may accept the request"
                : "change the request or use another provider";
    }

    private static String advice(ErrorReason reason) {
        return switch (reason) {
            case UNKNOWN_HOST -> "; check its base-url";
            case CONNECT_FAILED -> "; check its base-url and whether the server is up";
            case TLS ->
                "; check the base-url and the certificates of server (tls.ca-file) and client (tls.client-cert)";
            case PROXY_AUTHENTICATION -> "; set proxy.user and proxy.password";
            case TOO_LARGE -> "; request a shorter answer or raise the bounds of the provider block";
            default -> "";
        };
    }
}
