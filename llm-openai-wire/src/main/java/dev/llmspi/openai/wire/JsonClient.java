package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.openai.wire.http.HttpCall;
import dev.llmspi.openai.wire.http.HttpTransport;
import dev.llmspi.openai.wire.http.JsonBody;
import dev.llmspi.openai.wire.http.OpenReply;
import dev.llmspi.openai.wire.http.TransportException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends a request with keys and headers, and gives back a success with a JSON object in it. */
final class JsonClient {

    /** A success, and what makes its texts fit to be shown. */
    record Success(WireReply reply, ServerText text) {}

    /** A success: its events to be read, or a whole answer. */
    record Opened(@Nullable OpenReply events, @Nullable Success whole, ServerText text) {}

    private static final int UNAUTHORIZED = 401;
    private static final int OK = 200;
    /** Portkey: a guardrail failed without denying. */
    private static final int OK_WITH_REMARKS = 246;

    private final OpenAiDialect dialect;
    private final List<WireKey> keys;
    private final RequestHeaders wholeHeaders;
    private final RequestHeaders eventHeaders;
    private final HttpTransport transport;
    private final ErrorMapper errors;
    private final JsonReader json;

    JsonClient(
            OpenAiDialect dialect,
            List<WireKey> keys,
            Map<String, String> blockHeaders,
            HttpTransport transport,
            ErrorMapper errors,
            JsonReader json) {
        this.dialect = dialect;
        this.keys = keys;
        this.wholeHeaders = new RequestHeaders("application/json", blockHeaders, keys);
        this.eventHeaders = new RequestHeaders("text/event-stream", blockHeaders, keys);
        this.transport = transport;
        this.errors = errors;
        this.json = json;
    }

    /** Sends a GET. */
    Success get(URI address, CallScope scope) {
        Sending sending = scope.beforeSending(() -> sending(address, null, wholeHeaders, scope));
        try (OpenReply reply = transport.open(sending.call, scope.context())) {
            return success(reply, sending, scope);
        } catch (TransportException e) {
            throw errors.map(e, scope);
        }
    }

    /**
     * Sends a request for an answer. Whether it comes whole or event by event is decided by its first bytes: servers
     * announce one and send the other. Only a body that is announced as a stream, and was asked for as one, is not
     * looked at: its first byte may come late.
     *
     * @param stream whether events are asked for
     */
    Opened open(URI address, JsonBody body, boolean stream, CallScope scope) {
        Sending sending =
                scope.beforeSending(() -> sending(address, body, stream ? eventHeaders : wholeHeaders, scope));
        try {
            OpenReply reply = transport.open(sending.call, scope.context());
            if (!(stream && reply.announcesEvents()) && !reply.beginsWithEvents()) {
                return new Opened(null, success(reply, sending, scope), sending.text);
            }
            if (!isAnswer(reply.status())) {
                reply.close(); // it may never end
                throw unusable(
                        reply, ErrorReason.MALFORMED_RESPONSE, "sent a stream that is no answer", scope, sending.text);
            }
            return new Opened(reply, null, sending.text);
        } catch (TransportException e) {
            throw errors.map(e, scope);
        }
    }

    /** A request with everything it needs, and the keys it carries. */
    private record Sending(HttpCall call, ServerText text, List<Secret> secrets) {}

    private Sending sending(URI address, @Nullable JsonBody body, RequestHeaders headers, CallScope scope) {
        List<Secret> secrets = secrets(scope);
        RequestHeaders.Made made = headers.of(scope, secrets, dialect.headers(scope.context()));
        ServerText text = new ServerText(allSecrets(secrets), made.users(), scope.messages());
        return new Sending(new HttpCall(address, made.all(), body), text, secrets);
    }

    /** Reads a reply to its end. */
    private Success success(OpenReply reply, Sending sending, CallScope scope) throws TransportException {
        if (!reply.isSuccess()) {
            throw failure(reply, reply.beginning(), scope, sending);
        }
        return new Success(success(reply, scope, sending.text), sending.text);
    }

    private WireReply success(OpenReply reply, CallScope scope, ServerText text) throws TransportException {
        Optional<Object> value;
        try {
            value = reply.read((in, announced) -> Optional.ofNullable(json.reply(in, announced)));
        } catch (JsonReader.MalformedJsonException e) {
            throw e.isTooLarge()
                    ? unusable(reply, ErrorReason.TOO_LARGE, "sent an answer beyond the bounds", scope, text)
                    : unusable(reply, ErrorReason.MALFORMED_RESPONSE, "sent something that is no JSON", scope, text);
        }
        if (value.isEmpty()) {
            throw unusable(reply, ErrorReason.EMPTY_RESPONSE, "sent an empty answer", scope, text);
        }
        JsonObject body = JsonObject.from(value.get());
        WireReply result = new WireReply(reply.status(), reply.headers(), body);
        if (ResponseDecoder.isError(body.value("error"))) {
            throw errors.map(result, ErrorBody.of(body), scope, text);
        }
        if (!isAnswer(reply.status()) || body.isEmpty()) {
            throw unusable(reply, ErrorReason.MALFORMED_RESPONSE, "sent something that is no answer", scope, text);
        }
        return result;
    }

    private static boolean isAnswer(int status) {
        return status == OK || status == OK_WITH_REMARKS;
    }

    private LlmException unusable(OpenReply reply, ErrorReason reason, String what, CallScope scope, ServerText text) {
        WireReply bare = new WireReply(reply.status(), reply.headers(), JsonObject.from(null));
        return errors.unusable(bare, reason, what, scope, text);
    }

    private LlmException failure(OpenReply reply, byte[] beginning, CallScope scope, Sending sending) {
        ErrorBody body = ErrorBody.of(beginning, json);
        WireReply said = new WireReply(reply.status(), reply.headers(), body.body());
        LlmException error = errors.map(said, body, scope, sending.text);
        return reply.status() == UNAUTHORIZED && renewed(sending.secrets, scope)
                ? error.toBuilder()
                        .reason(ErrorReason.CREDENTIAL_RENEWED)
                        .retryHere(true)
                        .build()
                : error;
    }

    private boolean renewed(List<Secret> rejected, CallScope scope) {
        boolean renewed = false;
        for (int i = 0; i < keys.size(); i++) {
            try {
                renewed |= keys.get(i).credential().renew(rejected.get(i), scope.context());
            } catch (RuntimeException e) {
                // no new key then; the 401 is what the caller must see
            }
        }
        return renewed;
    }

    private List<Secret> secrets(CallScope scope) {
        List<Secret> secrets = new ArrayList<>(keys.size());
        for (WireKey key : keys) {
            secrets.add(secret(key.credential(), scope));
        }
        return secrets;
    }

    private static Secret secret(Credential credential, CallScope scope) {
        try {
            return Objects.requireNonNull(credential.secret(scope.context()), "the credential gave null");
        } catch (RuntimeException e) {
            throw scope.error(ErrorKind.AUTHENTICATION, ErrorReason.MISSING_CREDENTIAL)
                    .requestSent(false)
                    .cause(e)
                    .message(scope.says("its key could not be had; check where it comes from"))
                    .build();
        }
    }

    private List<Secret> allSecrets(List<Secret> sent) {
        List<Secret> more = dialect.secrets();
        if (more.isEmpty()) {
            return sent;
        }
        List<Secret> all = new ArrayList<>(sent);
        all.addAll(more);
        return all;
    }
}
