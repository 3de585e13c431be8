package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request over the network and reads the reply, on the caller's thread. Nothing is ever sent twice:
 * OkHttp's resends and redirects are off. The only clock here is the connect timeout; the others run outside and cancel
 * through the context. Safe for use by many threads; one per provider instance, closed with it.
 */
public final class HttpTransport implements AutoCloseable {

    // OkHttp's own default of 5 churns connections from about 32 callers on.
    private static final int IDLE_CONNECTIONS = 256;
    private static final int IDLE_MINUTES = 5;

    private final OkHttpClient unlimited;
    private final Bounds bounds;
    // OkHttp knows a call only from the moment it runs until its head is there: neither one that is about to be sent
    // nor
    // one whose body is read for minutes.
    private final Set<Call> running = ConcurrentHashMap.newKeySet();
    private final Set<OpenReply> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile @Nullable Template template;
    private volatile @Nullable Limited limited;

    /** Address and headers as OkHttp has them: as a rule they are those of the call before. */
    private record Template(URI uri, Map<String, String> headers, Request request) {}

    private record Limited(Duration connectTimeout, OkHttpClient client) {}

    public HttpTransport(Bounds bounds, Network network) {
        this.bounds = bounds;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_MINUTES, TimeUnit.MINUTES))
                .socketFactory(new ChannelSocketFactory())
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .callTimeout(Duration.ZERO)
                .eventListenerFactory(HttpTransport::exchange)
                .addNetworkInterceptor(new ConnectionGuard())
                .proxySelector(new TunnelsOnly());
        ProxyServer proxy = network.proxy();
        if (proxy != null) {
            builder.proxy(proxy.address()).proxyAuthenticator(proxy.authenticator());
        }
        X509TrustManager trust = network.trust();
        if (trust != null) {
            builder.sslSocketFactory(sockets(trust), trust);
        }
        this.unlimited = builder.build();
    }

    private static SSLSocketFactory sockets(X509TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JVM has TLS", e);
        }
    }

    /**
     * Sends a request and blocks until the head of the reply is there. Until the reply is closed, cancelling the
     * context ends it.
     *
     * @throws TransportException if no reply came; also if this is closed
     */
    public OpenReply open(HttpCall request, CallContext context) throws TransportException {
        Exchange exchange = new Exchange();
        Call call;
        try {
            call = client(context.connectTimeout()).newCall(request(request, exchange));
        } catch (IllegalArgumentException | MalformedURLException e) {
            throw FailureMapper.map(new IllegalArgumentException(), exchange);
        }
        // First add, then look: what close() does not find among those that run finds it closed.
        running.add(call);
        if (closed || context.cancellation().isCancelled()) {
            running.remove(call);
            throw FailureMapper.cancelled(exchange);
        }
        Cancellation.Registration registration = context.cancellation().onCancel(call::cancel);
        OpenReply reply = null;
        try {
            reply = new OpenReply(call, call.execute(), exchange, registration, bounds, this::released);
            open.add(reply);
        } catch (IOException e) {
            if (call.isCanceled() || Thread.currentThread().isInterrupted()) {
                throw FailureMapper.cancelled(exchange);
            }
            if (e instanceof ConnectionGuard.StaleConnectionException) {
                // Where one was stale the others probably are: the attempt that follows shall find a new one.
                unlimited.connectionPool().evictAll();
            }
            throw FailureMapper.map(e, exchange, false);
        } catch (RuntimeException e) {
            throw FailureMapper.map(e, exchange);
        } finally {
            running.remove(call);
            if (reply == null) {
                registration.close();
                dropConnectionsIfClosed();
            }
        }
        if (closed) {
            reply.close();
        }
        return reply;
    }

    private void released(OpenReply reply) {
        open.remove(reply);
        dropConnectionsIfClosed();
    }

    /** A call that ends while this is closed gives its connection back when nobody drops any more. */
    private void dropConnectionsIfClosed() {
        if (closed) {
            unlimited.connectionPool().evictAll();
        }
    }

    /** Ends calls under way, drops all connections. Idempotent. */
    @Override
    public void close() {
        closed = true;
        running.forEach(Call::cancel);
        open.forEach(OpenReply::close);
        unlimited.connectionPool().evictAll();
    }

    private Request request(HttpCall call, Exchange exchange) throws MalformedURLException {
        Request.Builder builder = template(call).newBuilder();
        JsonBody body = call.body();
        return (body == null
                        ? builder.get().tag(Exchange.class, exchange)
                        : builder.post(new OneShotBody(body, exchange)))
                .build();
    }

    private Request template(HttpCall call) throws MalformedURLException {
        Template known = template;
        if (known == null || known.headers != call.headers() || !known.uri.equals(call.uri())) {
            HttpUrl url = HttpUrl.get(call.uri().toURL().toString());
            Request.Builder builder = new Request.Builder().url(url).header("Host", host(url));
            call.headers().forEach(builder::header);
            template = known = new Template(call.uri(), call.headers(), builder.build());
        }
        return known.request;
    }

    /** As OkHttp would write it, anew for every call. */
    private static String host(HttpUrl url) {
        String host = url.host().indexOf(':') >= 0 ? "[" + url.host() + "]" : url.host();
        return url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ":" + url.port();
    }

    private static EventListener exchange(Call call) {
        Exchange exchange = Exchange.of(call.request());
        return exchange == null ? EventListener.NONE : exchange;
    }

    /** OkHttp applies the limit to each address of the host it tries. As a rule all calls have the same. */
    private OkHttpClient client(Duration connectTimeout) {
        Limited known = limited;
        if (known == null || !known.connectTimeout.equals(connectTimeout)) {
            OkHttpClient client = unlimited
                    .newBuilder() // shares connections and everything else
                    .connectTimeout(millis(connectTimeout), TimeUnit.MILLISECONDS)
                    .build();
            limited = known = new Limited(connectTimeout, client);
        }
        return known.client;
    }

    /** 0 would mean no limit. */
    private static int millis(Duration limit) {
        long millis = limit.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) > 0 ? Integer.MAX_VALUE : limit.toMillis();
        return (int) Math.max(1, millis);
    }
}
