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

/** A provider on the wire: base URL, dialect and transport put together. */
final class OpenAiProvider implements LlmProvider {

    // After the finish reason usage may follow, and some servers never say that the stream is over.
    private static final Duration SETTLE = Duration.ofSeconds(1);

    private static final int MESSAGE_CACHE = 16 * 1024 * 1024;

    private final String name;
    private final URI baseUrl;
    private final Optional<URI> endpoint;
    private final URI chatUrl;
    private final OpenAiDialect dialect;
    private final Bounds bounds;
    private final HttpTransport transport;
    private final JsonClient client;
    private final RequestEncoder encoder;
    private final ResponseDecoder decoder;
    private final ErrorMapper errors;
    private final StreamSource.Rules streamRules;
    private final DeclaredCapabilities capabilities;

    OpenAiProvider(ProviderConfig config, OpenAiDialect dialect) {
        this(config, dialect, SETTLE);
    }

    /** For tests that do not want to wait for the end of a stream that stays open. */
    OpenAiProvider(ProviderConfig config, OpenAiDialect dialect, Duration settle) {
        this.name = config.name();
        this.dialect = dialect;
        this.baseUrl = config.uri("base-url", dialect.defaultBaseUrl());
        this.endpoint = Optional.of(baseUrl);
        this.chatUrl = address("/chat/completions");
        List<WireKey> keys = dialect.keys(config);
        Map<String, String> headers = headers(config, keys);
        this.bounds = BoundsSettings.read(config);
        Network network = new Network(TlsSettings.read(config), ProxySettings.read(config, baseUrl));
        this.transport = new HttpTransport(bounds, network);
        JsonReader json = new JsonReader(bounds);
        this.errors = new ErrorMapper(dialect, config.timeSource());
        this.client = new JsonClient(dialect, keys, headers, transport, errors, json);
        this.encoder = new RequestEncoder(
                dialect,
                RequestSettings.read(config, dialect, baseUrl),
                bounds.request(),
                new WrittenMessages(config.integer("message-cache", MESSAGE_CACHE, 0)));
        this.decoder = new ResponseDecoder(dialect, errors, json);
        this.capabilities = DeclaredCapabilities.read(config);
        this.streamRules = new StreamSource.Rules(dialect, errors, decoder, json, settle);
    }

    private static Map<String, String> headers(ProviderConfig config, List<WireKey> keys) {
        Map<String, String> headers = config.headers("headers");
        for (String header : headers.keySet()) {
            boolean carriesKey = keys.stream().anyMatch(key -> key.header().equalsIgnoreCase(header));
            if (carriesKey || ReservedHeaders.contains(header)) {
                config.fault("headers", "must not set " + header + ", the provider sets it itself; take it out");
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
    public Optional<Set<Capability>> capabilities(String model) {
        return capabilities.of(model);
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        CallScope scope = scope(request, context);
        JsonClient.Opened opened = client.open(chatUrl, encode(request, scope, false), false, scope);
        JsonClient.Success whole = opened.whole();
        return whole == null
                ? collected(events(opened, scope), context)
                : decoder.decode(whole.reply(), scope, whole.text());
    }

    /** Some servers stream although a whole answer was asked for. */
    private static ChatResponse collected(ChatStream stream, CallContext context) {
        try {
            return stream.collect().toBuilder().callId(context.callId()).build();
        } catch (LlmException e) {
            throw e.toBuilder().partial(stream.partial()).build();
        }
    }

    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        CallScope scope = scope(request, context);
        JsonClient.Opened opened = client.open(chatUrl, encode(request, scope, true), true, scope);
        JsonClient.Success whole = opened.whole();
        return whole == null
                ? events(opened, scope)
                : ChatStream.of(
                        name,
                        scope.requested(),
                        ChatStream.Source.of(decoder.decode(whole.reply(), scope, whole.text())));
    }

    private ChatStream events(JsonClient.Opened opened, CallScope scope) {
        StreamSource source =
                new StreamSource(Objects.requireNonNull(opened.events()), streamRules, scope, opened.text());
        return ChatStream.of(name, scope.requested(), source);
    }

    private CallScope scope(ChatRequest request, CallContext context) {
        CallScope unnamed = new CallScope(name, null, context, request.messages());
        String requested = unnamed.beforeSending(
                () -> request.model().or(dialect::defaultModel).orElse(null));
        String model = requested == null ? null : unnamed.beforeSending(() -> dialect.model(requested));
        if (model == null) {
            throw unnamed.unsent(
                    ErrorKind.MODEL,
                    ErrorReason.NOT_MAPPED,
                    "no model is named; name one in the request or set default-model");
        }
        return new CallScope(
                name,
                model,
                context,
                request.messages(),
                RequestEncoder.toolNames(request),
                requested,
                encoder.asksForSeveral(request));
    }

    private JsonBody encode(ChatRequest request, CallScope scope, boolean stream) {
        return scope.beforeSending(() -> written(request, scope, stream));
    }

    private JsonBody written(ChatRequest request, CallScope scope, boolean stream) {
        try {
            return encoder.encode(request, Objects.requireNonNull(scope.model()), stream);
        } catch (PieceOutput.TooLargeException e) {
            throw scope.unsent(
                    ErrorKind.INVALID_REQUEST,
                    ErrorReason.TOO_LARGE,
                    "the request is larger than " + bounds.request() + " bytes; shorten it or raise bounds.request");
        } catch (IllegalArgumentException e) {
            throw scope.unsent(
                    ErrorKind.INVALID_REQUEST, null, "the request cannot be written as JSON: " + e.getMessage());
        } catch (NullPointerException | ClassCastException e) {
            // Extras are maps of the caller's making; what is in them shows only here.
            throw scope.unsent(
                    ErrorKind.INVALID_REQUEST,
                    null,
                    "the request's extras hold a null key or another thing JSON has not");
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
        JsonClient.Success success = get("/models", context);
        JsonObject body = success.reply().body();
        if (!(body.value("data") instanceof List)) {
            throw notAsExpected(success, "the list of models", context);
        }
        List<ModelInfo> models = new ArrayList<>();
        for (JsonObject entry : body.objects("data")) {
            entry.text("id").ifPresent(id -> models.add(dialect.modelInfo(id, entry)));
        }
        return List.copyOf(models);
    }

    private Account account(CallContext context) {
        String path = scope(context).beforeSending(() -> dialect.accountPath().orElseThrow());
        JsonClient.Success success = get(path, context);
        if (success.reply().body().object("data").isEmpty()) {
            throw notAsExpected(success, "the state of the key", context);
        }
        return dialect.account(success.reply().body());
    }

    private JsonClient.Success get(String path, CallContext context) {
        CallScope scope = scope(context);
        return client.get(scope.beforeSending(() -> address(path)), scope);
    }

    /** @param path below the base URL, with a slash in front */
    private URI address(String path) {
        return URI.create(baseUrl + path);
    }

    private RuntimeException notAsExpected(JsonClient.Success success, String what, CallContext context) {
        return errors.unusable(
                success.reply(),
                ErrorReason.MALFORMED_RESPONSE,
                "sent something else for " + what,
                scope(context),
                success.text());
    }

    private CallScope scope(CallContext context) {
        return new CallScope(name, null, context, List.of());
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
