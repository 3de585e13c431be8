package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.http.TransportException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one place that makes errors of what a server sent: status, headers and body become one of the eight kinds,
 * whether it came as an HTTP error or inside a 200.
 */
final class ErrorMapper {

    private static final int CODE_LIMIT = 120;
    /** Where servers and gateways say which request it was, the more telling first. */
    private static final String[] REQUEST_IDS = {"x-request-id", "x-portkey-request-id", "X-Generation-Id"};

    private final OpenAiDialect dialect;
    private final TimeSource time;

    ErrorMapper(OpenAiDialect dialect, TimeSource time) {
        this.dialect = dialect;
        this.time = time;
    }

    /** An error the server reported. */
    LlmException map(WireReply reply, ErrorBody body, CallScope scope, ServerText text) {
        Duration wait = RetryAfter.of(reply, body, time);
        WireError error = new WireError(reply, body, wait);
        dialect.error(error);
        return scope.error(error.kind(), error.reason().orElse(null))
                .status(error.status())
                .code(error.code().map(code -> text.shown(code, CODE_LIMIT)).orElse(null))
                .requestId(requestId(reply, text))
                .retryAfter(wait)
                .retryHere(error.retryHere())
                .tryNext(error.tryNext())
                .message(scope.says(summary(error, text) + advice(error, wait)))
                .build();
    }

    /** A success that is no answer. */
    LlmException unusable(WireReply reply, ErrorReason reason, String what, CallScope scope, ServerText text) {
        return scope.error(ErrorKind.SERVICE, reason)
                .status(reply.status())
                .requestId(requestId(reply, text))
                .retryHere(reason == ErrorReason.TOO_LARGE ? false : null)
                .message(scope.says(what + " (status " + reply.status() + ")"
                        + (reason == ErrorReason.TOO_LARGE ? advice(reason) : "; try again or another provider")))
                .build();
    }

    /** Nothing whole came. */
    LlmException map(TransportException failure, CallScope scope) {
        boolean certain = failure.reason() == ErrorReason.TLS
                || failure.reason() == ErrorReason.PROXY_AUTHENTICATION
                || failure.reason() == ErrorReason.TOO_LARGE;
        return scope.error(failure.kind(), failure.reason())
                .status(failure.status())
                .requestSent(failure.sent())
                .retryHere(certain ? false : null)
                .cause(failure.getCause())
                .message(scope.says(failure.getMessage() + advice(failure.reason())))
                .build();
    }

    static @Nullable String requestId(WireReply reply, ServerText text) {
        for (String header : REQUEST_IDS) {
            Optional<String> id = reply.header(header);
            if (id.isPresent()) {
                return text.name(id.get());
            }
        }
        Optional<String> id = reply.body().text("id");
        return id.isPresent() ? text.name(id.get()) : null;
    }

    private static String summary(WireError error, ServerText text) {
        // The page that comes with a redirect names its target.
        String said = error.reason().orElse(null) == ErrorReason.REDIRECT ? "" : text.shown(error.message());
        String answered = error.status() < 300 ? "answered with an error" : "answered " + error.status();
        return said.isEmpty() ? answered : answered + ": " + said;
    }

    private static String advice(WireError error, @Nullable Duration wait) {
        ErrorReason reason = error.reason().orElse(null);
        String what =
                switch (error.kind()) {
                    case AUTHENTICATION -> "check its key and what the key may do";
                    case RATE_LIMIT -> wait == null ? "slow down" : "wait " + wait.toMillis() + " ms";
                    case RESOURCE_EXHAUSTED -> "add credit or raise the limit there";
                    case MODEL ->
                        reason == ErrorReason.CONTEXT_LENGTH
                                ? "shorten the conversation or choose a model with more context"
                                : "choose another model";
                    case INVALID_REQUEST ->
                        reason == ErrorReason.PROVIDER_SETTINGS
                                ? "check its base-url and settings"
                                : reason == ErrorReason.CONTENT_FILTERED
                                        ? "the content was refused"
                                        : "the request must change";
                    default ->
                        reason == ErrorReason.REDIRECT ? "redirects are not followed, check its base-url" : "try later";
                };
        return " (" + what + ")";
    }

    private static String advice(ErrorReason reason) {
        return switch (reason) {
            case UNKNOWN_HOST -> "; check its base-url";
            case CONNECT_FAILED -> "; check its base-url and whether the server is up";
            case TLS -> "; check the base-url, the server's certificate and who is trusted (tls.ca-file)";
            case PROXY_AUTHENTICATION -> "; set proxy.user and proxy.password";
            case TOO_LARGE -> "; ask for less or raise the block's bounds";
            default -> "";
        };
    }
}
