package dev.llmspi.openai.wire;

import dev.llmspi.api.Account;
import dev.llmspi.api.AccountStatus;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.ModelInfo;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.http.Bounds;
import dev.llmspi.openai.wire.http.HttpTransport;
import dev.llmspi.openai.wire.http.JsonBody;
import dev.llmspi.openai.wire.http.Network;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A provider for a server that speaks the OpenAI protocol. A call takes four steps: encode the request, send it, read
 * the reply, and decode the answer.
 */
final class OpenAiProvider implements LlmProvider {

    // The usage may arrive after the finish reason, so reading continues, but some servers never end the stream.
    private static final Duration SETTLE = Duration.ofSeconds(1);

    private static final int MESSAGE_CACHE = 16 * 1024 * 1024;

    private final String name;
    private final Optional<URI> endpoint;
    /** The base URL without its query. */
    private final String baseUrl;
    /** The query of the base URL, with its question mark; empty if there is none. */
    private final String query;

    private final URI chatUrl;
    private final OpenAiDialect dialect;
    private final Bounds bounds;
    private final HttpTransport transport;
    private final RequestSender sender;
    private final RequestEncoder encoder;
    private final ResponseDecoder decoder;
    private final ErrorMapper errors;
    private final StreamSource.Rules streamRules;
    private final DeclaredCapabilities capabilities;

    OpenAiProvider(ProviderConfig config, OpenAiDialect dialect) {
        this(config, dialect, SETTLE);
    }

    /** @param settle how long to keep reading a stream after its finish reason has arrived */
    OpenAiProvider(ProviderConfig config, OpenAiDialect dialect, Duration settle) {
        this.name = config.name();
        this.dialect = dialect;
        URI url = config.uriWithQuery("base-url", dialect.defaultBaseUrl());
        this.query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        this.baseUrl = url.toString().replace(query, "");
        this.endpoint = Optional.of(URI.create(baseUrl));
        this.chatUrl = address("/chat/completions");
        List<WireKey> keys = dialect.keys(config);
        Map<String, String> headers = headers(config, keys);
        this.bounds = BoundsSettings.read(config);
        TlsSettings.Tls tls = TlsSettings.read(config);
        Network network = new Network(
                tls.trust(),
                tls.keys(),
                ProxySettings.read(config, url),
                config.bool("http2", true),
                config.duration("keep-alive", Network.KEEP_ALIVE));
        this.transport = new HttpTransport(bounds, network);
        JsonReader json = new JsonReader(bounds);
        this.errors = new ErrorMapper(dialect, config.timeSource());
        this.sender = new RequestSender(dialect, keys, headers, transport, network.proxy(), errors, json);
        this.encoder = new RequestEncoder(
                dialect,
                RequestSettings.read(config, dialect, url),
                bounds.request(),
                new EncodedMessageCache(config.integer("message-cache", MESSAGE_CACHE, 0)));
        this.decoder = new ResponseDecoder(dialect, errors, json);
        this.capabilities = DeclaredCapabilities.read(config);
        this.streamRules = new StreamSource.Rules(dialect, errors, decoder, json, settle);
    }

    private static Map<String, String> headers(ProviderConfig config, List<WireKey> keys) {
        Map<String, String> headers = config.headers("headers");
        for (String header : headers.keySet()) {
            boolean carriesKey = keys.stream().anyMatch(key -> key.header().equalsIgnoreCase(header));
            if (carriesKey || ReservedHeaders.contains(header)) {
                config.fault("headers", "must not set " + header + ": the provider sets it; remove it");
            }
        }
        return headers;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String type() {
        return dialect.type();
    }

    @Override
    public Optional<URI> endpoint() {
        return endpoint;
    }

    @Override
    public Optional<String> defaultModel() {
        return dialect.defaultModel();
    }

    @Override
    public boolean needsModel() {
        return dialect.needsModel() && dialect.defaultModel().isEmpty();
    }

    @Override
    public Optional<Set<Capability>> capabilities(String model) {
        return capabilities.of(model);
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        WireCall call = call(request, context);
        JsonBody body = encode(request, call, false);
        SentRequest sent = sender.send(chatUrl, body, false, call);
        // Some servers stream the answer although the request does not ask for a stream.
        return sent.isStream() ? collect(events(sent, call), call) : decode(sent, call);
    }

    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        WireCall call = call(request, context);
        JsonBody body = encode(request, call, true);
        SentRequest sent = sender.send(chatUrl, body, true, call);
        return sent.isStream() ? events(sent, call) : stream(ChatStream.Source.of(decode(sent, call)), call);
    }

    private ChatResponse decode(SentRequest sent, WireCall call) {
        WireReply reply = sent.read();
        return decoder.decode(reply, call, sent.redactor());
    }

    private ChatStream events(SentRequest sent, WireCall call) {
        return stream(new StreamSource(sent.events(), streamRules, call, sent.redactor()), call);
    }

    private ChatStream stream(ChatStream.Source source, WireCall call) {
        return ChatStream.of(name, call.requested(), source);
    }

    private static ChatResponse collect(ChatStream stream, WireCall call) {
        try {
            return stream.collect().toBuilder().callId(call.context().callId()).build();
        } catch (LlmException e) {
            throw e.toBuilder().partial(stream.partial()).build();
        }
    }

    private WireCall call(ChatRequest request, CallContext context) {
        WireCall unnamed = new WireCall(name, null, context, request.messages());
        String requested = unnamed.beforeSending(
                () -> request.model().or(dialect::defaultModel).orElse(null));
        String model = requested == null ? null : unnamed.beforeSending(() -> dialect.model(requested));
        if (model == null && dialect.needsModel()) {
            throw unnamed.unsent(
                    ErrorKind.MODEL,
                    ErrorReason.NOT_MAPPED,
                    "no model is set; set one in the request or in default-model");
        }
        return new WireCall(
                name, model, context, request.messages(), request, RequestEncoder.toolNames(request), requested);
    }

    private JsonBody encode(ChatRequest request, WireCall call, boolean stream) {
        return call.beforeSending(() -> encoded(request, call, stream));
    }

    private JsonBody encoded(ChatRequest request, WireCall call, boolean stream) {
        try {
            return encoder.encode(
                    request,
                    Objects.requireNonNullElse(call.model(), ""),
                    stream,
                    call.context().cancellation());
        } catch (SegmentedOutput.EndedException e) {
            throw call.unsent(ErrorKind.CONNECTION, ErrorReason.CANCELLED, "the call was cancelled");
        } catch (SegmentedOutput.TooLargeException e) {
            throw call.unsentHere(
                    ErrorReason.TOO_LARGE,
                    "the request is larger than " + bounds.request() + " bytes; shorten it or raise bounds.request");
        } catch (RequestEncoder.FieldException e) {
            throw call.unsentHere(null, "the request cannot be sent: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw call.unsent(
                    ErrorKind.INVALID_REQUEST, null, "the request cannot be written as JSON: " + e.getMessage());
        } catch (NullPointerException | ClassCastException e) {
            // Extras are maps from the caller, and their contents are not checked anywhere else.
            throw call.unsentHere(
                    null, "the request's extras contain a null key or a value that JSON cannot represent");
        }
    }

    @Override
    public <T> Optional<T> as(Class<T> type) {
        if (type == ModelCatalog.class) {
            ModelCatalog catalog = this::models;
            return Optional.of(type.cast(catalog));
        }
        if (type == AccountStatus.class && dialect.accountPath().isPresent()) {
            AccountStatus status = this::account;
            return Optional.of(type.cast(status));
        }
        return LlmProvider.super.as(type);
    }

    private List<ModelInfo> models(CallContext context) {
        WireCall call = call(context);
        SentRequest sent = get("/models", call);
        WireReply reply = sent.read();
        if (!(reply.body().value("data") instanceof List)) {
            throw unexpected(reply, "the list of models", sent, call);
        }
        List<ModelInfo> models = new ArrayList<>();
        for (JsonObject entry : reply.body().objects("data")) {
            entry.text("id").ifPresent(id -> models.add(dialect.modelInfo(id, entry)));
        }
        return List.copyOf(models);
    }

    private Account account(CallContext context) {
        WireCall call = call(context);
        String path = call.beforeSending(() -> dialect.accountPath().orElseThrow());
        SentRequest sent = get(path, call);
        WireReply reply = sent.read();
        if (reply.body().object("data").isEmpty()) {
            throw unexpected(reply, "the status of the key", sent, call);
        }
        return dialect.account(reply.body());
    }

    private WireCall call(CallContext context) {
        return new WireCall(name, null, context, List.of());
    }

    /** @param path the path below the base URL, with a leading slash */
    private SentRequest get(String path, WireCall call) {
        return sender.send(call.beforeSending(() -> address(path)), null, false, call);
    }

    private URI address(String path) {
        boolean second = path.indexOf('?') >= 0 && !query.isEmpty();
        return URI.create(baseUrl + path + (second ? "&" + query.substring(1) : query));
    }

    private RuntimeException unexpected(WireReply reply, String expected, SentRequest sent, WireCall call) {
        return errors.unusable(
                reply, ErrorReason.MALFORMED_RESPONSE, "did not send " + expected, call, sent.redactor());
    }

    @Override
    public void close() {
        transport.close();
    }

    @Override
    public String toString() {
        return "LlmProvider[" + name + ", " + baseUrl + "]";
    }
}
