package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.http.EventBody;
import dev.llmspi.openai.wire.http.OpenReply;
import dev.llmspi.openai.wire.http.TransportException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A request whose reply has begun to arrive. The reply is read once, either as events or as a JSON document. Not
 * thread-safe.
 */
final class SentRequest {

    private static final int UNAUTHORIZED = 401;
    private static final int OK = 200;
    /** Portkey's status for an answer that failed a guardrail but was not blocked. */
    private static final int OK_WITH_REMARKS = 246;

    private final OpenReply reply;
    private final boolean stream;
    private final WireCall call;
    private final Redactor redactor;
    private final ErrorMapper errors;
    private final JsonReader json;
    private final BooleanSupplier renewKeys;

    /**
     * @param stream whether the request asks for a stream
     * @param renewKeys obtains new keys if the server rejects those in this request; returns false if there are no new
     *     keys
     */
    SentRequest(
            OpenReply reply,
            boolean stream,
            WireCall call,
            Redactor redactor,
            ErrorMapper errors,
            JsonReader json,
            BooleanSupplier renewKeys) {
        this.reply = reply;
        this.stream = stream;
        this.call = call;
        this.redactor = redactor;
        this.errors = errors;
        this.json = json;
        this.renewKeys = renewKeys;
    }

    /** Returns the redactor for the keys and the prompt of this request. */
    Redactor redactor() {
        return redactor;
    }

    /**
     * Whether the reply is a stream of events. The first bytes decide, because some servers announce one form and send
     * the other, so this method blocks until these bytes have arrived. A reply that was both requested and announced as
     * a stream is accepted as one without waiting, because its first byte may arrive late.
     */
    boolean isStream() {
        return stream && reply.announcesEvents() || reply.beginsWithEvents();
    }

    /**
     * Returns the reply as a stream of events.
     *
     * @throws LlmException if a reply with this status cannot be an answer
     */
    EventBody events() {
        if (!isAnswer(reply.status())) {
            reply.close(); // because the stream may never end
            throw unusable(ErrorReason.MALFORMED_RESPONSE, "sent a stream that is not an answer");
        }
        return reply;
    }

    /**
     * Reads the reply to its end.
     *
     * @throws LlmException if the reply is an error, or its body is not a JSON object
     */
    WireReply read() {
        try {
            if (!reply.isSuccess()) {
                throw failure(reply.beginning());
            }
            return answer(document());
        } catch (TransportException e) {
            throw errors.map(e, call);
        }
    }

    private JsonObject document() throws TransportException {
        Optional<Object> value;
        try {
            value = reply.read((in, announced) -> Optional.ofNullable(json.reply(in, announced)));
        } catch (JsonReader.MalformedJsonException e) {
            throw e.isTooLarge()
                    ? unusable(ErrorReason.TOO_LARGE, "sent an answer that exceeds the bounds")
                    : unusable(ErrorReason.MALFORMED_RESPONSE, "sent a body that is not JSON");
        }
        return JsonObject.from(value.orElseThrow(() -> unusable(ErrorReason.EMPTY_RESPONSE, "sent an empty answer")));
    }

    /**
     * Returns the reply with its body. Throws an exception if the body reports an error, because some servers send
     * errors with a successful status.
     */
    private WireReply answer(JsonObject body) {
        WireReply answer = new WireReply(reply.status(), reply.headers(), body);
        boolean noChoices = body.list("choices").isEmpty();
        if (ResponseDecoder.isError(body.value("error"))
                || noChoices && ErrorBody.of(body).isError()) {
            throw errors.map(answer, ErrorBody.of(body), call, redactor);
        }
        if (!isAnswer(reply.status()) || body.isEmpty()) {
            throw unusable(ErrorReason.MALFORMED_RESPONSE, "sent a body that is not an answer");
        }
        return answer;
    }

    private LlmException failure(byte[] beginning) {
        ErrorBody body = ErrorBody.of(beginning, json);
        WireReply failed = new WireReply(reply.status(), reply.headers(), body.body());
        LlmException error = errors.map(failed, body, call, redactor);
        return reply.status() == UNAUTHORIZED && renewKeys.getAsBoolean()
                ? error.toBuilder()
                        .reason(ErrorReason.CREDENTIAL_RENEWED)
                        .retryHere(true)
                        .build()
                : error;
    }

    private static boolean isAnswer(int status) {
        return status == OK || status == OK_WITH_REMARKS;
    }

    private LlmException unusable(ErrorReason reason, String what) {
        WireReply head = new WireReply(reply.status(), reply.headers(), JsonObject.from(null));
        return errors.unusable(head, reason, what, call, redactor);
    }
}
