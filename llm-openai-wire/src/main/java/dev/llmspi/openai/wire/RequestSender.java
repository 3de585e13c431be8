package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.openai.wire.RequestHeaders.SignedHead;
import dev.llmspi.openai.wire.http.HttpTransport;
import dev.llmspi.openai.wire.http.JsonBody;
import dev.llmspi.openai.wire.http.OpenReply;
import dev.llmspi.openai.wire.http.ProxyServer;
import dev.llmspi.openai.wire.http.RequestHead;
import dev.llmspi.openai.wire.http.TransportException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends requests with their keys and headers. Thread-safe. */
final class RequestSender {

    private final OpenAiDialect dialect;
    private final RequestHeaders documentHeaders;
    private final RequestHeaders eventHeaders;
    private final HttpTransport transport;
    private final @Nullable ProxyServer proxy;
    private final ErrorMapper errors;
    private final JsonReader json;

    /**
     * @param blockHeaders the headers from the configuration block
     * @param proxy the proxy of the transport; null if it has none of its own
     */
    RequestSender(
            OpenAiDialect dialect,
            List<WireKey> keys,
            Map<String, String> blockHeaders,
            HttpTransport transport,
            @Nullable ProxyServer proxy,
            ErrorMapper errors,
            JsonReader json) {
        this.dialect = dialect;
        this.documentHeaders = new RequestHeaders("application/json", blockHeaders, keys, dialect);
        this.eventHeaders = new RequestHeaders("text/event-stream, application/json", blockHeaders, keys, dialect);
        this.transport = transport;
        this.proxy = proxy;
        this.errors = errors;
        this.json = json;
    }

    /**
     * Sends a request and blocks until the head of the reply has arrived.
     *
     * @param body the body of a POST request; null for a GET request
     * @param stream whether the request asks for a stream
     * @throws dev.llmspi.api.error.LlmException if the request could not be sent or no reply arrived
     */
    SentRequest send(URI address, @Nullable JsonBody body, boolean stream, WireCall call) {
        RequestHeaders headers = stream ? eventHeaders : documentHeaders;
        SignedHead signed = call.beforeSending(() -> headers.sign(address, call));
        Redactor redactor = call.beforeSending(() -> redactor(signed, call));
        try {
            return new SentRequest(
                    open(signed.head(), body, call.context()),
                    stream,
                    call,
                    redactor,
                    errors,
                    json,
                    () -> headers.renew(signed.keys(), call));
        } catch (TransportException e) {
            throw errors.map(e, call);
        }
    }

    private OpenReply open(RequestHead head, @Nullable JsonBody body, CallContext context) throws TransportException {
        if (proxy == null) {
            return transport.open(head, body, context);
        }
        proxy.requestBegins(context);
        try {
            return transport.open(head, body, context);
        } finally {
            proxy.requestEnds();
        }
    }

    private Redactor redactor(SignedHead signed, WireCall call) {
        List<Secret> secrets = signed.keys();
        List<Secret> ofDialect = dialect.secrets();
        if (!ofDialect.isEmpty() || !signed.userSecrets().isEmpty()) {
            secrets = new ArrayList<>(secrets);
            secrets.addAll(ofDialect);
            secrets.addAll(signed.userSecrets());
        }
        return new Redactor(
                secrets,
                signed.userValues(),
                call.messages(),
                call.request(),
                call.context().cancellation());
    }
}
