package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.http.EventBody;
import dev.llmspi.openai.wire.http.TransportException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Converts the failures of one stream into exceptions. An error event is classified like an error in a non-streamed
 * answer.
 */
final class StreamErrors {

    private final EventBody http;
    private final ErrorMapper errors;
    private final JsonReader json;
    private final WireCall call;
    private final Redactor redactor;
    private final Supplier<WireReply> soFar;

    /** @param soFar supplies the reply with the members of the answer received so far */
    StreamErrors(
            EventBody http,
            ErrorMapper errors,
            JsonReader json,
            WireCall call,
            Redactor redactor,
            Supplier<WireReply> soFar) {
        this.http = http;
        this.errors = errors;
        this.json = json;
        this.call = call;
        this.redactor = redactor;
        this.soFar = soFar;
    }

    /** Whether an event is an error that is not enclosed in a member {@code error}. */
    boolean isBare(byte[] event) {
        return ErrorBody.of(event, json).isError();
    }

    /** Returns the error that the server reports in an event. */
    LlmException reported(byte[] event) {
        ErrorBody whole = ErrorBody.of(event, json);
        JsonObject body = whole.body();
        ErrorBody error = whole;
        if (!ResponseDecoder.isError(body.value("error"))) {
            for (JsonObject choice : body.objects("choices")) {
                for (JsonObject location : List.of(choice.object("delta"), choice.object("message"), choice)) {
                    error = ResponseDecoder.isError(location.value("error")) ? ErrorBody.of(location) : error;
                }
            }
        }
        WireReply reply = new WireReply(http.status(), http.headers(), body);
        return withRequestId(errors.map(reply, error, call, redactor));
    }

    /** Returns the error for a connection that failed while the stream was being read. */
    LlmException lost(TransportException failure) {
        return withRequestId(errors.map(failure, call));
    }

    /** Returns the error for a stream that is not a complete answer. */
    LlmException unusable(ErrorReason reason, String what) {
        return errors.unusable(soFar.get(), reason, what, call, redactor);
    }

    private LlmException withRequestId(LlmException error) {
        return error.requestId().isPresent()
                ? error
                : error.toBuilder()
                        .requestId(soFar.get()
                                .requestId()
                                .map(redactor::nameInError)
                                .orElse(null))
                        .build();
    }
}
