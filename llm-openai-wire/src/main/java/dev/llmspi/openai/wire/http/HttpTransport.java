package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request over the network and reads the reply, on the caller's thread. Nothing is ever sent twice:
 * OkHttp's resends and redirects are off. The only clock here is the connect timeout; the others run outside and cancel
 * through the context. Safe for use by many threads; one per provider instance, closed with it.
 */
public final class HttpTransport implements AutoCloseable {

    private final LazyClient client;
    private final Bounds bounds;
    // OkHttp knows a call only from the moment it runs until its head is there: neither one that is about to be sent
    // nor
    // one whose body is read for minutes.
    private final Set<Call> running = ConcurrentHashMap.newKeySet();
    private final Set<OpenReply> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile @Nullable Template template;

    /** Address and headers as OkHttp has them: as a rule they are those of the call before. */
    private record Template(URI uri, Map<String, String> headers, Request request) {

        /** Does not show the headers: one holds the key. */
        @Override
        public String toString() {
            return "Template[" + uri.getHost() + "]";
        }
    }

    public HttpTransport(Bounds bounds, Network network) {
        this.bounds = bounds;
        this.client = new LazyClient(network, HttpTransport::exchange);
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
            call = client.of(request.uri(), context.connectTimeout()).newCall(request(request, exchange));
        } catch (IllegalArgumentException e) {
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
                client.evictAll();
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
            client.evictAll();
        }
    }

    /** Ends calls under way, drops all connections. Idempotent. */
    @Override
    public void close() {
        closed = true;
        running.forEach(Call::cancel);
        open.forEach(OpenReply::close);
        client.evictAll();
    }

    private Request request(HttpCall call, Exchange exchange) {
        Request.Builder builder = template(call).newBuilder();
        JsonBody body = call.body();
        return (body == null
                        ? builder.get().removeHeader("Content-Type").tag(Exchange.class, exchange)
                        : builder.post(new OneShotBody(body, exchange)))
                .build();
    }

    private Request template(HttpCall call) {
        Template known = template;
        if (known == null || known.headers != call.headers() || !known.uri.equals(call.uri())) {
            HttpUrl url = HttpUrl.get(call.uri().toString());
            Request.Builder builder = new Request.Builder().url(url).header("Host", host(url));
            for (Map.Entry<String, String> header : call.headers().entrySet()) {
                builder.header(header.getKey(), header.getValue());
            }
            builder.header("Content-Type", "application/json"); // see OneShotBody
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
}
