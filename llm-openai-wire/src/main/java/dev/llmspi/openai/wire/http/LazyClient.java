package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Creates the OkHttp client when the first call is made. Setting up TLS reads all certificates that this JVM trusts,
 * which takes longer than everything else at startup, and the second provider of a chain may never be called.
 * Thread-safe.
 */
final class LazyClient {

    // With OkHttp's default of 5, connections are closed and reopened if there are about 32 concurrent callers or more.
    private static final int IDLE_CONNECTIONS = 256;
    // Keeps an idle HTTP/2 connection known to load balancers, and ends a dead one under a call that may take long.
    private static final Duration PING_INTERVAL = Duration.ofSeconds(30);

    private record ConfiguredClient(boolean tls, Duration connectTimeout, OkHttpClient client) {}

    private final Liveness liveness = new Liveness();
    private final ConnectionPool connections;
    /** Guarded by {@code this}. */
    private final OkHttpClient.Builder builder;

    /** The client that the latest call used. It is reused because calls rarely differ in their connect timeout. */
    private volatile @Nullable ConfiguredClient latest;

    LazyClient(Network network, HostLookups lookups) {
        this.connections = new ConnectionPool(
                network.keepAlive().isZero() ? 0 : IDLE_CONNECTIONS,
                millis(network.keepAlive()),
                TimeUnit.MILLISECONDS);
        this.builder = new OkHttpClient.Builder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectionPool(connections)
                .socketFactory(new ChannelSocketFactory(liveness))
                .dns(lookups)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .callTimeout(Duration.ZERO)
                .pingInterval(PING_INTERVAL)
                .addNetworkInterceptor(new StreamThreads(new ConnectionGuard(liveness)))
                .proxySelector(new HttpsOnlyProxySelector());
        if (!network.http2()) {
            builder.protocols(List.of(Protocol.HTTP_1_1));
        }
        ProxyServer proxy = network.proxy();
        if (proxy != null) {
            builder.proxy(proxy.address()).proxyAuthenticator(proxy.authenticator());
        }
        X509TrustManager trust = network.trust();
        if (trust != null) {
            builder.sslSocketFactory(sockets(trust, network.keys()), trust);
        }
    }

    private static SSLSocketFactory sockets(X509TrustManager trust, @Nullable KeyManager keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys == null ? null : new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            return keys == null ? context.getSocketFactory() : new FullHandshakes(context);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JVM has TLS", e);
        }
    }

    /** @param connectTimeout the timeout for each address of the host that OkHttp tries */
    OkHttpClient client(URI uri, Duration connectTimeout) {
        boolean tls = !"http".equalsIgnoreCase(uri.getScheme());
        ConfiguredClient known = latest;
        if (known == null || known.tls != tls || !known.connectTimeout.equals(connectTimeout)) {
            latest = known = new ConfiguredClient(tls, connectTimeout, build(tls, connectTimeout));
        }
        return known.client;
    }

    private synchronized OkHttpClient build(boolean tls, Duration connectTimeout) {
        OkHttpClient client = builder.connectTimeout(millis(connectTimeout), TimeUnit.MILLISECONDS)
                .connectionSpecs(List.of(tls ? ConnectionSpec.MODERN_TLS : ConnectionSpec.CLEARTEXT))
                .build();
        X509TrustManager trust = client.x509TrustManager();
        if (trust == null || client.sslSocketFactory() instanceof TlsSocketFactory) {
            return client;
        }
        // Clients share connections only if they have the same TLS socket factory.
        return builder.sslSocketFactory(new TlsSocketFactory(client.sslSocketFactory()), trust)
                .build();
    }

    /** Returns the number of milliseconds, but at least 1, because OkHttp interprets 0 as no limit. */
    static int millis(Duration limit) {
        long millis = limit.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) > 0 ? Integer.MAX_VALUE : limit.toMillis();
        return (int) Math.max(1, millis);
    }

    /** Waits, if an HTTP/2 connection has been pinged, until it is known whether that connection is alive. */
    void awaitPongs(CallContext context) {
        liveness.awaitPongs(context);
    }

    /** Closes all idle connections. */
    void evictAll() {
        connections.evictAll();
    }
}
